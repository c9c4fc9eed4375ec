from django.apps import AppConfig


class StaffingConfig(AppConfig):
    name = "shali.staffing"
    label = "staffing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.ui.slots import use_slot
        from shali.staffing.web.panels import shifts_at

        use_slot("testing.site", shifts_at)
