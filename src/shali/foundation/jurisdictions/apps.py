from django.apps import AppConfig


class JurisdictionsConfig(AppConfig):
    name = "shali.foundation.jurisdictions"
    label = "jurisdictions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.jurisdictions import lookups  # noqa: F401 - registers itself
