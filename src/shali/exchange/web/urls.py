from django.urls import path

from shali.exchange.web import views

app_name = "exchange"
urlpatterns = [
    path("receivers/", views.receivers, name="receivers"),
    path("receivers/add/", views.add, name="add"),
    path("receivers/<str:webhook>/", views.deliveries, name="deliveries"),
    path("receivers/<str:webhook>/end/", views.end, name="end"),
    path("receivers/<str:webhook>/<int:number>/again/", views.again, name="again"),
]
