from django.urls import path

from shali.staffing.web import views

app_name = "staffing"
urlpatterns = [
    path("", views.staff, name="staff"),
    path("shifts/", views.give, name="give_shift"),
    path("shifts/<str:shift>/drop/", views.drop, name="drop_shift"),
]
