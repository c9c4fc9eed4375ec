"""The one compare-and-set behind every change of a measure, and the line it adds to the history."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.measures.models import Measure, MeasureAct, MeasureEvent
from shali.foundation.ui.refusal import NotInScope, Refusal
from shali.foundation.vault.sealing import seal


class MeasureChanged(Refusal):
    """Somebody else was quicker."""


class NotAllowed(Refusal):
    """The measure does not stand so that this can be done, or not by this post."""


@dataclass(frozen=True, slots=True)
class Step:
    act: MeasureAct
    changes: dict[str, Any]  # columns of Measure, of their own types
    detail: dict[str, Any] = field(default_factory=dict)  # codes and ids only
    note: str = ""


def measure_of(scope: Scope, *, measure: str) -> Measure:
    """Return a measure of the scope by its public id.

    :raises NotInScope: there is none here
    """
    found = Measure.objects.filter(within(scope.path), public_id=measure).select_related("body").first()
    if found is None:
        raise NotInScope
    return found


@transaction.atomic
def take_step(row: Measure, *, step: Step, seen: int | None, by: str, at: datetime) -> None:
    """Change a measure and add the line to its history, or refuse because somebody was quicker.

    seen: the version that the page showed; None: the version as loaded by the caller
    :raises MeasureChanged: it is no longer at that version
    """
    expected = row.version if seen is None else seen
    # Compare-and-set: of two posts at once, exactly one finds the version it saw.
    changed = Measure.objects.filter(pk=row.pk, version=expected).update(version=F("version") + 1, **step.changes)
    if not changed:
        raise MeasureChanged(_("Somebody changed this measure while you looked at it. Look again."))
    row.refresh_from_db()
    number = _next_event()
    MeasureEvent.objects.create(
        pk=number,
        measure=row,
        seq=row.version,
        act=step.act,
        at=at,
        by=by,
        state_after=row.state,
        detail=step.detail,
        note_sealed=seal(step.note, table="measures_measureevent", column="note", row=number) if step.note else None,
    )


def _next_event() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('measures_measureevent', 'id'))")
        return int(cursor.fetchone()[0])
