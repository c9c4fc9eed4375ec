"""What a change does to the tree and to the rows of every room, on its day."""

from datetime import datetime

from django.db.models import Max

from shali.foundation.jurisdictions.models import ChangeKind, Level, Unit, UnitChange
from shali.foundation.jurisdictions.moving import hand_rows, move_rows


def apply_change(change: UnitChange, *, at: datetime) -> None:
    """Make an approved change, in the open transaction, under the city's scope."""
    done = {
        ChangeKind.RENAME: _rename,
        ChangeKind.MOVE: _move,
        ChangeKind.OPEN: _open,
        ChangeKind.CLOSE: _close,
    }
    unit = change.unit
    change.old_name, change.old_path = unit.name, unit.path
    done[ChangeKind(change.kind)](change)
    change.applied_at = at
    change.save(update_fields=["applied_at", "old_name", "old_path", "opened"])


def _rename(change: UnitChange) -> None:
    Unit.objects.filter(pk=change.unit_id).update(name=change.name, name_en=change.name_en or change.unit.name_en)


def _move(change: UnitChange) -> None:
    unit, parent = change.unit, change.parent
    assert parent is not None  # objection() has looked
    old = unit.path
    new = f"{parent.path}.{_free_code(parent, wanted=old.rsplit('.', 1)[1])}"
    place = (Unit.objects.filter(parent=parent).aggregate(most=Max("place"))["most"] or 0) + 1
    Unit.objects.filter(pk=unit.pk).update(parent=parent, place=place)
    move_rows(old, new)


def _open(change: UnitChange) -> None:
    parent = change.unit
    level = Level(parent.level + 1)
    beside = Unit.objects.filter(parent=parent)
    width = "g01" if level == Level.GRID else "001"
    last = _free_code(parent, wanted=width)
    kind = _kind(level, change.name)
    change.opened = Unit.objects.create(
        code=_free_number(parent, level, last),
        path=f"{parent.path}.{last}",
        level=level,
        kind=kind,
        name=change.name,
        name_en=change.name_en or change.name,
        parent=parent,
        place=(beside.aggregate(most=Max("place"))["most"] or 0) + 1,
        opened_on=change.effective_on,
    )


def _kind(level: Level, name: str) -> str:
    """Return the kind of body that a name says, by the units of this level that are called alike."""
    if level == Level.GRID:
        return "grid"
    peers = Unit.objects.filter(level=level).order_by("path").values_list("kind", flat=True)
    return peers.filter(name__endswith=name[-1]).first() or peers[0]


def _close(change: UnitChange) -> None:
    unit, heir = change.unit, change.successor
    assert heir is not None  # objection() has looked
    hand_rows(unit.path, heir.path, closed=unit.pk, heir=heir.pk)
    Unit.objects.filter(pk=unit.pk).update(closed_on=change.effective_on)


def _free_code(parent: Unit, *, wanted: str) -> str:
    """Return the last part of a path below a parent: the wanted one, or the next that no unit there ever had."""
    letters, digits = wanted.rstrip("0123456789"), wanted.lstrip("abcdefghijklmnopqrstuvwxyz")
    taken = {path.rsplit(".", 1)[1] for path in Unit.objects.filter(parent=parent).values_list("path", flat=True)}
    taken |= _left(parent)
    number = int(digits)
    while (code := f"{letters}{number:0{len(digits)}d}") in taken:
        number += 1
    return code


def _left(parent: Unit) -> set[str]:
    """Codes of units that moved away: history still names their paths."""
    gone = UnitChange.objects.filter(
        old_path__startswith=f"{parent.path}.", kind=ChangeKind.MOVE, applied_at__isnull=False
    )
    depth = parent.path.count(".") + 1
    return {path.split(".")[depth] for path in gone.values_list("old_path", flat=True) if path.count(".") == depth}


def _free_number(parent: Unit, level: int, last: str) -> str:
    """Return a number for a unit that the statistics office has not numbered: marked as the city's own."""
    code = f"{parent.code}{last}" if level == Level.GRID else f"{parent.path.replace('.', '')}{last}".ljust(12, "0")
    while Unit.objects.filter(code=code).exists():
        code = f"{code}c"
    return code
