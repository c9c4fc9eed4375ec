from django.urls import path

from shali.foundation.accounts.web import posts, programs, views

app_name = "accounts"
urlpatterns = [
    path("", views.start, name="home"),
    path("start/", views.start, name="start"),
    path("in/<str:token>/", views.sign_in_link, name="sign_in_link"),
    path("me/", views.me, name="me"),
    path("me/post/", views.choose_post, name="choose_post"),
    path("me/out/", views.sign_out, name="sign_out"),
    path("me/language/", views.language, name="language"),
    path("me/programs/", programs.programs, name="programs"),
    path("me/programs/token/", programs.give_token, name="give_token"),
    path("me/programs/<str:token>/end/", programs.end_token, name="end_token"),
    path("posts/", posts.posts, name="posts"),
    path("posts/give/", posts.give, name="give"),
    path("posts/<str:post>/revoke/", posts.revoke, name="revoke"),
    path("posts/<str:post>/prolong/", posts.prolong, name="prolong"),
    path("posts/<str:post>/link/", posts.link, name="link"),
    path("health/live", views.alive, name="alive"),
    path("health/ready", views.ready, name="ready"),
]
