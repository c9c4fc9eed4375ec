from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "shali.tracing"
    label = "tracing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.people.relations import OnMerge, declare

        declare(
            tracing__Case__person=OnMerge.FOLD,
            tracing__Contact__person=OnMerge.FOLD,
            tracing__Member__person=OnMerge.FOLD,
        )
