from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "shali.tracing"
    label = "tracing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.measures.services.propose import use_origin
        from shali.foundation.people.relations import OnMerge, declare
        from shali.tracing.services.proposing import cases_on_record, contacts_on_record

        use_origin(kind="contact", check=contacts_on_record)
        use_origin(kind="case", check=cases_on_record)

        declare(
            tracing__Case__person=OnMerge.FOLD,
            tracing__Contact__person=OnMerge.FOLD,
            tracing__Member__person=OnMerge.FOLD,
        )
