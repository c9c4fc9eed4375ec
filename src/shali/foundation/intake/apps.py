from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "shali.foundation.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.people.relations import OnMerge, declare

        declare(
            intake__Row__person=OnMerge.REPOINT,
            intake__Candidate__person=OnMerge.LEAVE,
            intake__Review__person=OnMerge.LEAVE,
        )
