from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "shali.verification"
    label = "verification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.people.relations import OnMerge, declare

        declare(
            verification__ListEntry__person=OnMerge.FOLD,
        )
