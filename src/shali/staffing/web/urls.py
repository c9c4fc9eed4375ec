from django.urls import path

from shali.staffing.web import calls, views

app_name = "staffing"
urlpatterns = [
    path("", views.staff, name="staff"),
    path("training/", views.renew, name="renew_training"),
    path("workers/<str:worker>/", calls.worker, name="worker"),
    path("shifts/", views.give, name="give_shift"),
    path("shifts/<str:shift>/drop/", views.drop, name="drop_shift"),
    path("calls/", calls.new, name="call_up"),
    path("calls/<str:call_up>/", calls.one, name="call"),
    path("calls/<str:call_up>/act/", calls.act, name="call_act"),
    path("own/<uuid:own_page>/", calls.own, name="own"),
]
