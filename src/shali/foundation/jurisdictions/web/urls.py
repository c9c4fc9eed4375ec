from django.urls import path

from shali.foundation.jurisdictions.web import views

app_name = "jurisdictions"
urlpatterns = [path("", views.tree, name="tree"), path("<str:unit>/", views.tree, name="unit")]
