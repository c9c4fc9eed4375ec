"""What this room puts on a sampling point's page: who is on shift there."""

from datetime import datetime

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.slots import Part
from shali.staffing.queries import shifts, workers
from shali.staffing.web.words import KINDS


def shifts_at(scope: Scope, place: str, path: str, at: datetime) -> Part:
    rows = [(one, KINDS[one.kind]) for one in shifts(scope, place, at=at)]
    staff = [(one, KINDS[one.kind]) for one in workers(scope, at=at)]
    return Part("staffing/_shifts.html", {"shifts": rows, "staff": staff, "place": place, "at": at})
