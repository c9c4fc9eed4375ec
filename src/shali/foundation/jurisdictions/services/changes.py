"""Dated changes to the tree: proposed by one, approved by another, in force from their day, history kept."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.models import ChangeKind, Level, Unit, UnitChange
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope, Refusal, WrongInput


class NeedsAnother(Refusal):
    """Whoever proposed a change may not approve it."""


@transaction.atomic
def open_grid(*, parent: Unit, number: int, name: str, name_en: str) -> Unit:
    """Add a grid to a community. Grids are the city's own; no statistics office numbers them."""
    if parent.level != Level.COMMUNITY:
        raise WrongInput(_("A grid belongs to a village or community."))
    grid, _made = Unit.objects.get_or_create(
        code=f"{parent.code}g{number:02d}",
        defaults={
            "path": f"{parent.path}.g{number:02d}",
            "level": Level.GRID,
            "kind": "grid",
            "name": name,
            "name_en": name_en,
            "parent": parent,
            "place": number,
        },
    )
    return grid


@transaction.atomic
def propose_change(
    *,
    scope: Scope,
    unit: str,
    kind: ChangeKind,
    effective_on: date,
    basis: str,
    by: str,
    at: datetime,
    name: str = "",
    name_en: str = "",
    successor: str = "",
) -> UnitChange:
    """Write down a change to a unit of the scope: a new name, or that it closes in favour of a successor.

    basis: the document that orders it
    """
    found = Unit.objects.filter(within(scope.path), path=unit).first()
    if found is None:
        raise NotInScope
    if kind == ChangeKind.RENAME and not name:
        raise WrongInput(_("Write the unit's new name."), fields={"name": "missing"})
    heir = Unit.objects.filter(path=successor, level=found.level).first() if successor else None
    if kind == ChangeKind.CLOSE and heir is None:
        raise WrongInput(_("Name the unit that takes over; people and tasks need one that answers."))
    return UnitChange.objects.create(
        unit=found,
        kind=kind,
        name=name,
        name_en=name_en,
        old_name=found.name,
        old_path=found.path,
        successor=heir,
        effective_on=effective_on,
        basis=basis,
        proposed_by=by,
        proposed_at=at,
    )


@transaction.atomic
def approve_change(*, scope: Scope, change: int, by: str, at: datetime) -> UnitChange:
    """Approve a proposed change. Rights follow from its day on; the database refuses the proposer himself.

    :raises NeedsAnother: the approver proposed it
    """
    found = UnitChange.objects.select_for_update().filter(within(scope.path, "unit__path"), pk=change).first()
    if found is None:
        raise NotInScope
    if found.proposed_by == by:
        raise NeedsAnother(_("You proposed this change yourself; somebody else approves it."))
    found.approved_by, found.approved_at = by, at
    found.save(update_fields=["approved_by", "approved_at"])
    return found


@transaction.atomic
def apply_due_changes(*, on: date, at: datetime) -> int:
    """Put approved changes whose day has come into force, oldest first, and return how many."""
    due = UnitChange.objects.select_for_update().filter(
        approved_at__isnull=False, applied_at=None, effective_on__lte=on
    )
    count = 0
    for change in due.order_by("effective_on", "id"):
        if change.kind == ChangeKind.RENAME:
            Unit.objects.filter(pk=change.unit_id).update(
                name=change.name, name_en=change.name_en or change.unit.name_en
            )
        elif change.kind == ChangeKind.CLOSE:
            Unit.objects.filter(pk=change.unit_id).update(closed_on=change.effective_on)
        change.applied_at = at
        change.save(update_fields=["applied_at"])
        count += 1
    return count
