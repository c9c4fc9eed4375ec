from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VerificationConfig(AppConfig):
    name = "shali.verification"
    label = "verification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.people.relations import OnMerge, builds, declare
        from shali.foundation.tasks.web.panels import use_panel
        from shali.verification.web.panel import check_panel

        use_panel("verification", check_panel)
        declare(
            verification__ListEntry__person=OnMerge.FOLD,
            verification__AskedAgain__person=OnMerge.REPOINT,
        )
        builds(
            verification__AskedAgain__person=_("look-back questions"),
        )
        from shali.foundation.tasks.web.panels import use_panel
        from shali.verification.web.views.look_backs import look_back_panel

        use_panel("look_back", look_back_panel)
        from shali.foundation.intake.web.homes import use_home
        from shali.verification.web.panel import list_home

        use_home("verification", list_home)
