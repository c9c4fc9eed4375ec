from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TestingConfig(AppConfig):
    name = "shali.testing"
    label = "testing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.intake.web.homes import use_home
        from shali.foundation.people.relations import OnMerge, builds, declare
        from shali.foundation.people.web.panels import use_person_panel
        from shali.foundation.tasks.web.panels import use_panel
        from shali.testing.web import panels

        declare(
            testing__Expected__person=OnMerge.FOLD,
            testing__Sample__person=OnMerge.FOLD,
            testing__Recall__person=OnMerge.FOLD,
            testing__GroupMember__person=OnMerge.FOLD,
        )
        builds(
            testing__Expected__person=_("places on a round's roster"),
            testing__Sample__person=_("samples"),
            testing__Recall__person=_("recalls"),
        )
        use_panel("test_recall", panels.recall_panel)
        use_panel("test_at_home", panels.home_panel)
        use_person_panel(panels.person_panel)
        use_home("testing_group", panels.group_home)
