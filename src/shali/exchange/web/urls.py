from django.urls import path

from shali.exchange.web import views

app_name = "exchange"
urlpatterns = [
    path("receivers/", views.receivers, name="receivers"),
    path("receivers/add/", views.add, name="add"),
    path("receivers/<str:receiver>/", views.deliveries, name="deliveries"),
    path("receivers/<str:receiver>/end/", views.end, name="end"),
    path("receivers/<str:receiver>/<int:number>/again/", views.again, name="again"),
]
