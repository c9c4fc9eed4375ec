from django.urls import path

from shali.foundation.journal.web import views

app_name = "journal"
urlpatterns = [path("", views.audit, name="audit")]
