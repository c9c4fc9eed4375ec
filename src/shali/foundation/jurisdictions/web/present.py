from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.queries import ChangeRow, homes_and_heirs
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


def change_line(row: ChangeRow, *, at: datetime, reader: int | None = None, may_approve: bool = False) -> ChangeLine:
    mine = reader is not None and row.proposer == reader
    return ChangeLine(
        id=row.id,
        path=row.path,
        says=_says(row),
        effective_on=row.effective_on,
        basis=row.basis,
        is_approved=row.is_approved,
        is_stuck=row.is_approved and not row.is_applied and row.effective_on <= day_of(at),
        is_mine=mine,
        may_approve=may_approve and not mine and not row.is_approved,
    )


def _says(row: ChangeRow) -> str:
    # A unit renamed since is called here as on the day of its change.
    name = row.old_name if row.is_applied else unit_name(row.unit)
    return {
        "rename": _("%(unit)s is renamed %(name)s"),
        "move": _("%(unit)s goes to %(other)s, with everything below it"),
        "open": _("%(name)s is opened below %(unit)s"),
        "close": _("%(unit)s closes; %(other)s takes over"),
    }[row.kind] % {"unit": name, "name": row.name, "other": unit_name(row.other)}


def propose_panel(scope: Scope, path: str, *, at: datetime) -> dict[str, object]:
    """Return what the forms for proposing offer; what the tree would refuse is not offered."""
    choices = homes_and_heirs(scope, path)
    return {
        "may_propose": True,
        "today": day_of(at).isoformat(),
        "may_open": choices.may_open,
        "homes": choices.homes,
        "heirs": choices.heirs,
    }


def population_source(said: str) -> str:
    """Say in the reader's language where a figure of residents comes from; the published file says it in English."""
    return {
        "census 2020, source": _("census of 2020, as published"),
        "census 2020, derived": _("census of 2020, derived"),
    }.get(said, said)
