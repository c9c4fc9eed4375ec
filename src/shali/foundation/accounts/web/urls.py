from django.urls import path

from shali.foundation.accounts.web import views

app_name = "accounts"
urlpatterns = [
    path("start/", views.start, name="start"),
    path("in/<str:token>/", views.sign_in_link, name="sign_in_link"),
    path("me/post/", views.choose_post, name="choose_post"),
    path("me/out/", views.sign_out, name="sign_out"),
    path("me/language/", views.language, name="language"),
    path("posts/", views.posts, name="posts"),
    path("posts/<str:post>/revoke/", views.revoke, name="revoke"),
    path("posts/<str:post>/prolong/", views.prolong, name="prolong"),
    path("health/live", views.alive, name="alive"),
    path("health/ready", views.ready, name="ready"),
]
