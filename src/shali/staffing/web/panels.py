"""What this room puts on a sampling point's page: who is on shift there."""

from datetime import datetime

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.slots import Part
from shali.staffing.queries.calls import call_ups
from shali.staffing.queries.shifts import nearest, shifts
from shali.staffing.web.words import KINDS


def shifts_at(scope: Scope, place: str, path: str, at: datetime) -> Part:
    rows = [(one, KINDS[one.kind]) for one in shifts(scope, place, at=at)]
    near, in_all = nearest(scope, path, at=at)
    staff = [(one, KINDS[one.kind]) for one in near]
    calls = [(one, KINDS[one.kind]) for one in call_ups(scope, at=at, places=[place]) if one.ends_at > at]
    shown = {"shifts": rows, "staff": staff, "staff_in_all": in_all, "calls": calls, "place": place, "at": at}
    return Part("staffing/_shifts.html", shown)
