from dataclasses import dataclass
from datetime import date, datetime

from shali.foundation.journal.models import DayRoot
from shali.foundation.jurisdictions.scope import Scope


@dataclass(frozen=True, slots=True)
class Witness:
    """The last closed day of the access log, as it is printed: every reader of the sheet holds it against the log."""

    day: date
    records: int
    root: str
    made_at: datetime


def latest_root(scope: Scope) -> Witness | None:
    """Return the newest daily root of the access log; it names nobody, so every desk may print it."""
    found = DayRoot.objects.order_by("-day").first()
    return Witness(found.day, found.records, bytes(found.root).hex(), found.made_at) if found else None
