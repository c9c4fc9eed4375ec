from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TracingConfig(AppConfig):
    name = "shali.tracing"
    label = "tracing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.measures.services.propose import use_origin
        from shali.foundation.people.relations import OnMerge, builds, declare
        from shali.tracing.services.proposing import cases_on_record, contacts_on_record, guests_on_record

        use_origin(kind="contact", check=contacts_on_record)
        use_origin(kind="case", check=cases_on_record)
        use_origin(kind="exposure", check=guests_on_record)

        declare(
            tracing__Case__person=OnMerge.FOLD,
            tracing__Contact__person=OnMerge.FOLD,
            tracing__Member__person=OnMerge.FOLD,
        )
        builds(
            tracing__Case__person=_("cases"),
            tracing__Contact__person=_("contacts"),
            tracing__Member__person=_("places on an exposure's roster"),
        )
        from shali.foundation.intake.web.homes import use_home
        from shali.foundation.people.web.panels import use_person_panel
        from shali.foundation.tasks.web.panels import use_panel
        from shali.tracing.web import panels

        use_panel("case_core", panels.core_panel)
        use_panel("case_report", panels.report_panel)
        use_panel("contact", panels.contact_panel)
        use_panel("exposure_check", panels.member_panel)
        use_panel("exposure_look_back", panels.member_panel)
        use_person_panel(panels.person_panel)
        use_home("exposure", panels.roster_home)
