from django.urls import path

from shali.foundation.tasks.web.views import bulk, desk, task

app_name = "tasks"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("many/", desk.many, name="many"),
    path("many/<str:act>/", bulk.bulk, name="bulk"),
    path("many/<str:act>/undo/", bulk.undo, name="undo_bulk"),
    path("arbitration/", desk.arbitration, name="arbitration"),
    path("department/", desk.department, name="department"),
    path("department/<str:joint>/", desk.answer, name="answer_department"),
    path("transfers/<str:transfer>/answer/", task.answer, name="answer_transfer"),
    path("transfers/<str:transfer>/arbitrate/", task.arbitrate, name="arbitrate"),
    path("<str:task>/", task.one, name="task"),
    path("<str:task>/work/", task.work, name="work"),
    path("<str:task>/assign/", task.assign, name="assign"),
    path("<str:task>/pass-on/", task.pass_on, name="pass_on"),
    path("<str:task>/remind/", task.remind, name="remind"),
    path("<str:task>/ask/", task.ask, name="ask_department"),
]
