from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "shali.foundation.measures"
    label = "measures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shali.foundation.people.relations import OnMerge, builds, declare

        declare(
            # An order names the record on which it was served, and never changes; reads go through `merged_into`.
            measures__Measure__person=OnMerge.LEAVE,
        )
        builds(
            measures__Measure__person=_("control measures"),
        )
        post_migrate.connect(_load_terms, sender=self, dispatch_uid="measures-terms")


def _load_terms(**_given: Any) -> None:
    from shali.foundation.measures.services.terms import load_terms

    load_terms()
