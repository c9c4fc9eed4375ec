from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "shali.foundation.tasks"
    label = "tasks"
    default_auto_field = "django.db.models.BigAutoField"
