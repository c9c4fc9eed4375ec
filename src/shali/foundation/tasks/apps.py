from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "shali.foundation.tasks"
    label = "tasks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.people.relations import OnMerge, declare

        declare(
            tasks__Task__subject=OnMerge.FOLD,
        )
        from shali.foundation.people.services.grounds import use_grounds
        from shali.foundation.people.web.panels import use_person_panel
        from shali.foundation.tasks.queries.grounds import grounds_of
        from shali.foundation.tasks.web.person_panel import tasks_panel

        use_person_panel(tasks_panel)
        use_grounds(grounds_of=grounds_of)
