from django.urls import path

from shali.foundation.measures.web import acts, views

app_name = "measures"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("many/", acts.many, name="many"),
    path("propose/<str:person>/", views.new, name="propose"),
    path("areas/<str:path>/propose/", views.new_on_area, name="propose_area"),
    path("appeals/<str:appeal>/answer/", acts.answer, name="answer_appeal"),
    path("<str:measure>/", views.record, name="measure"),
    path("<str:measure>/decide/", acts.decide_one, name="decide"),
    path("<str:measure>/serve/", acts.serve_one, name="serve"),
    path("<str:measure>/lift/", acts.lift_one, name="lift"),
    path("<str:measure>/appeal/", acts.appeal, name="appeal"),
    path("<str:measure>/order/", acts.order, name="order"),
]
