"""Dated changes to the tree: proposed by one, approved by another, in force from their day, history kept."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.models import ChangeKind, Level, Unit, UnitChange
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.jurisdictions.services.apply import apply_change
from shali.foundation.ui.refusal import NotInScope, Refusal, WrongInput


class NeedsAnother(Refusal):
    """Whoever proposed a change may not approve it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to change about a unit (for OPEN: below it), from which day, by which document."""

    unit: str
    kind: ChangeKind
    effective_on: date
    basis: str
    name: str = ""
    name_en: str = ""
    parent: str = ""
    successor: str = ""

    @classmethod
    def named(cls, kind: str, **said: Any) -> "Proposal":
        """Return a proposal whose kind is said in a word: rename, move, open, close."""
        return cls(kind=ChangeKind[kind.upper()], **said)


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
def propose_change(*, scope: Scope, asked: Proposal, by: str, at: datetime, person: int | None = None) -> UnitChange:
    """Write down a change to a unit of the scope; nothing changes yet.

    person: the user behind `by`; the database holds him and the approver apart
    """
    found = Unit.objects.filter(within(scope.path), path=asked.unit).first()
    if found is None:
        raise NotInScope
    if not asked.basis.strip():
        raise WrongInput(_("Name the document that orders the change."), fields={"basis": "missing"})
    change = UnitChange(
        unit=found,
        kind=asked.kind,
        name=asked.name.strip(),
        name_en=asked.name_en.strip(),
        old_name=found.name,
        old_path=found.path,
        parent=_other(scope, asked.parent),
        successor=_other(scope, asked.successor),
        effective_on=asked.effective_on,
        basis=asked.basis.strip(),
        proposed_by=by,
        proposed_at=at,
        proposer=person,
    )
    if why := objection(change):
        raise WrongInput(why)
    change.save()
    return change


@transaction.atomic
def approve_change(*, scope: Scope, change: int, by: str, at: datetime, person: int | None = None) -> UnitChange:
    """Approve a proposed change. Rights follow from its day on; the database refuses the proposer himself.

    :raises NeedsAnother: the approver proposed it, or somebody else decided first
    """
    found = _waiting(scope, change)
    if found.proposed_by == by or (person is not None and found.proposer == person):
        raise NeedsAnother(_("You proposed this change yourself; somebody else approves it."))
    if why := objection(found):
        raise WrongInput(why)
    found.approved_by, found.approved_at, found.approver = by, at, person
    found.save(update_fields=["approved_by", "approved_at", "approver"])
    return found


@transaction.atomic
def decline_change(*, scope: Scope, change: int, by: str, at: datetime) -> None:
    """Lay a proposed change aside; its proposer may withdraw it so."""
    found = _waiting(scope, change)
    found.declined_by, found.declined_at = by, at
    found.save(update_fields=["declined_by", "declined_at"])


def apply_due_changes(*, on: date, at: datetime) -> int:
    """Put approved changes whose day has come into force, oldest first, and return how many.

    One that has become impossible since (its new parent closed) stays due, and the page of units shows it.
    """
    count = 0
    with in_scope(system_scope("units")):
        due = UnitChange.objects.select_for_update(of=("self",)).filter(
            approved_at__isnull=False, applied_at=None, effective_on__lte=on
        )
        for number in list(due.order_by("effective_on", "id").values_list("pk", flat=True)):
            # Read anew: an earlier change of this run may have moved the units of this one.
            change = UnitChange.objects.select_related("unit", "parent", "successor").get(pk=number)
            if not objection(change):
                apply_change(change, at=at)
                count += 1
    return count


def objection(change: UnitChange) -> str:
    """Say why a change cannot be made to the tree as it stands, in a sentence; nothing when it can."""
    unit = change.unit
    if unit.closed_on:
        return _("%(unit)s is closed.") % {"unit": unit.name}
    if change.kind in (ChangeKind.RENAME, ChangeKind.OPEN) and not change.name:
        return _("Write the unit's new name.")
    if change.kind == ChangeKind.OPEN and unit.level not in (Level.COUNTY, Level.TOWNSHIP, Level.COMMUNITY):
        return _("Townships, communities and grids are opened here, below the unit that they will belong to.")
    if change.kind == ChangeKind.MOVE:
        return _against_move(unit, change.parent)
    if change.kind == ChangeKind.CLOSE:
        return _against_closing(unit, change.successor)
    return ""


def _against_move(unit: Unit, parent: Unit | None) -> str:
    if unit.level <= Level.COUNTY:
        return _("A county is not moved.")
    if parent is None or parent.closed_on or parent.level != unit.level - 1:
        return _("Name the open unit, one level above, that this one goes to.")
    return _("It belongs there already.") if parent.pk == unit.parent_id else ""


def _against_closing(unit: Unit, heir: Unit | None) -> str:
    if unit.level <= Level.COUNTY:
        return _("A county is not closed.")
    if heir is None or heir.closed_on or heir.level != unit.level or heir.pk == unit.pk:
        return _("Name the unit that takes over; people and tasks need one that answers.")
    if Unit.objects.filter(parent=unit, closed_on=None).exists():
        return _("Units below it are still open: move or close these first.")
    return ""


def _other(scope: Scope, path: str) -> Unit | None:
    return Unit.objects.filter(within(scope.path), path=path).first() if path else None


def _waiting(scope: Scope, change: int) -> UnitChange:
    found = (
        UnitChange.objects.select_for_update(of=("self",))
        .select_related("unit", "parent", "successor")
        .filter(within(scope.path, "unit__path"), pk=change)
        .first()
    )
    if found is None:
        raise NotInScope
    if found.approved_at or found.declined_at:
        raise NeedsAnother(_("Somebody decided this change already."))
    return found
