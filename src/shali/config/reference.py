"""Reference data of an installation: the tree of units with its departments, and the outbreak at hand."""

from datetime import date

from django.conf import settings

from shali.foundation.clocks import now


def ensure() -> None:
    """Enter what is not there yet; what the city changed stays as it is."""
    from shali.foundation.jurisdictions.models import Unit
    from shali.foundation.jurisdictions.services.load import load_reference_tree
    from shali.foundation.policy.models import Outbreak
    from shali.tracing.services.forms import keep_shipped_forms

    if not Unit.objects.exists():
        load_reference_tree()
    Outbreak.objects.get_or_create(
        code=settings.OUTBREAK,
        defaults={
            "name": "2022年8月新冠肺炎疫情",
            "name_en": "COVID-19, August 2022",
            "profile": "covid-19-ninth-protocol",
            "opened_on": date(2022, 8, 1),
        },
    )
    keep_shipped_forms(at=now())
