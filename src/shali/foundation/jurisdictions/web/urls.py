from django.urls import path

from shali.foundation.jurisdictions.web import changes, views

app_name = "jurisdictions"
urlpatterns = [
    path("", views.tree, name="tree"),
    path("changes/<int:change>/", changes.decide, name="decide"),
    path("<str:unit>/", views.tree, name="unit"),
    path("<str:unit>/propose/", changes.propose, name="propose"),
]
