from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import ChangeKind, Level, Unit, UnitChange
from shali.foundation.jurisdictions.queries import heirs_of, homes_for
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.templatetags.ui import unit_name


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change in words, and what its reader may do about it."""

    id: int
    path: str
    says: str
    effective_on: date
    basis: str
    is_approved: bool
    is_stuck: bool  # its day has come, it was approved, and the tree does not take it
    is_mine: bool
    may_approve: bool


def change_line(
    change: UnitChange, *, at: datetime, reader: int | None = None, may_approve: bool = False
) -> ChangeLine:
    mine = reader is not None and change.proposer == reader
    approved = change.approved_at is not None
    return ChangeLine(
        id=change.pk,
        path=change.unit.path,
        says=_says(change),
        effective_on=change.effective_on,
        basis=change.basis,
        is_approved=approved,
        is_stuck=approved and not change.applied_at and change.effective_on <= day_of(at),
        is_mine=mine,
        may_approve=may_approve and not mine and not approved,
    )


def _says(change: UnitChange) -> str:
    # A unit renamed since is called here as on the day of its change.
    names = {
        "unit": change.old_name if change.applied_at else unit_name(change.unit),
        "name": change.name,
        "parent": unit_name(change.parent),
        "heir": unit_name(change.successor),
    }
    return {
        ChangeKind.RENAME: _("%(unit)s is renamed %(name)s"),
        ChangeKind.MOVE: _("%(unit)s goes to %(parent)s, with everything below it"),
        ChangeKind.OPEN: _("%(name)s is opened below %(unit)s"),
        ChangeKind.CLOSE: _("%(unit)s closes; %(heir)s takes over"),
    }[ChangeKind(change.kind)] % names


def propose_panel(scope: Scope, unit: Unit, *, at: datetime) -> dict[str, object]:
    """Return what the forms for proposing offer; what the tree would refuse is not offered."""
    movable = unit.level > Level.COUNTY
    return {
        "may_propose": True,
        "today": day_of(at).isoformat(),
        "kinds": {"rename": 1, "move": 2, "open": 3, "close": 4},
        "may_open": Level.COUNTY <= unit.level <= Level.COMMUNITY,
        "homes": homes_for(scope, unit) if movable else [],
        "heirs": heirs_of(scope, unit) if movable else [],
    }
