"""Results that came before their tube: matched as soon as it is here."""

from collections.abc import Sequence
from datetime import datetime

from shali.testing.models import Result, Tube
from shali.testing.services.applying import apply_results


def match_parked_results(*, tubes: Sequence[int], by: str, at: datetime) -> int:
    """Try again the results that waited for these tubes. Returns how many were applied."""
    if not tubes:
        return 0
    codes = list(Tube.objects.filter(pk__in=tubes).values_list("code", flat=True))
    waiting = list(
        Result.objects.select_for_update()
        .filter(state="parked", why__in=["unknown_tube", "not_sealed"], tube_code__in=codes)
        .order_by("id")
    )
    return apply_results(results=waiting, by=by, at=at) if waiting else 0
