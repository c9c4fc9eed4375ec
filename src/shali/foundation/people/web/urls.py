from django.urls import path

from shali.foundation.people.web import views

app_name = "people"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("merges/", views.merge_list, name="merges"),
    path("merges/<str:merge>/decide/", views.decide, name="decide_merge"),
    path("merges/<str:merge>/undo/", views.undo, name="undo_merge"),
    path("<str:person>/", views.person, name="person"),
    path("<str:person>/show/", views.show, name="reveal"),
    path("<str:person>/merge/", views.propose, name="propose_merge"),
]
