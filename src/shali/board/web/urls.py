from django.urls import path

from shali.board.web import staff, views

app_name = "board"
urlpatterns = [
    path("testing/rounds/<str:testing_round>/staff/", staff.staff, name="staff"),
    path("wall/", views.wall, name="wall"),
    path("wall/evening/", views.evening, name="evening"),
    path("wall/picture.svg", views.picture, name="picture"),
    path("wall/<str:path>/", views.unit_wall, name="unit"),
]
