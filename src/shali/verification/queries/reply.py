"""What a reply says of every row of a sender's file, and the figures that must balance."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db.models import Count

from shali.foundation.intake.models import Row, RowState
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_bytes
from shali.verification.models import Check, Finding, ListEntry, PushedList

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one person of the list: the unit that answers, the four answers, and how it ended."""

    unit: str
    facts: tuple[str, str, str, str]
    ending: int | None
    struck_off_at: datetime | None
    taken_over_by: str
    receipt: str
    attempts: int


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """One row of the sender's file, in his order. `repeats`: sheet and row that it repeats."""

    sheet: int
    table: int
    row_no: int
    state: int
    answer: Answer | None
    repeats: tuple[int, int] | None
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplyFigures:
    """received = new_here + repeated + already_known + rejected + doubtful; people = sum of endings + open."""

    announced: int | None
    received: int
    new_here: int
    repeated: int
    already_known: int
    rejected: int
    doubtful: int
    people: int
    open: int
    endings: dict[int, int]


def reply_figures(scope: Scope, one: PushedList) -> ReplyFigures:
    """Count rows by state and people by ending, from the rows themselves and not from what the list's page keeps."""
    _whole(scope, one)
    rows = dict(Row.objects.filter(batch=one.batch_id).values_list("state").annotate(n=Count("id")))
    people = dict(
        ListEntry.objects.filter(pushed_list=one, duplicate_of=None).values_list("ending").annotate(n=Count("id"))
    )
    return ReplyFigures(
        announced=one.announced,
        received=sum(rows.values()),
        new_here=rows.get(RowState.KNOWN, 0) + rows.get(RowState.NEW, 0),
        repeated=rows.get(RowState.DUPLICATE, 0),
        already_known=rows.get(RowState.ALREADY_KNOWN, 0),
        rejected=rows.get(RowState.REJECTED, 0),
        doubtful=rows.get(RowState.DOUBTFUL, 0),
        people=sum(people.values()),
        open=people.get(None, 0),
        endings={int(ending): n for ending, n in people.items() if ending is not None},
    )


def reply_rows(scope: Scope, one: PushedList, *, with_cells: bool) -> Iterator[ReplyRow]:
    """Yield the rows of the sender's file in his own order, a few thousand in memory at a time."""
    _whole(scope, one)
    units = dict(Unit.objects.values_list("id", "name"))
    last = 0
    while True:
        # Rows are numbered as they are read: sheet by sheet, from the top.
        found = list(
            Row.objects.filter(batch=one.batch_id, pk__gt=last).select_related("same_as").order_by("pk")[:AT_ONCE]
        )
        if not found:
            return
        answers = _answers(one, {row.person_id for row in found if row.person_id}, units)
        for row in found:
            yield _reply_row(row, answers.get(row.person_id or 0), with_cells=with_cells)
        last = found[-1].pk


def _whole(scope: Scope, one: PushedList) -> None:
    """A unit that was handed some of a list's people does not answer for the others."""
    if not scope.holds(one.path):
        raise NotInScope


def _reply_row(row: Row, answer: Answer | None, *, with_cells: bool) -> ReplyRow:
    cells: list[str] = []
    if with_cells:
        cells = orjson.loads(open_bytes(row.cells_sealed, table="intake_row", column="cells", row=row.pk))["cells"]
    return ReplyRow(
        sheet=row.sheet,
        table=row.table,
        row_no=row.row_no,
        state=row.state,
        answer=answer,
        repeats=(row.same_as.sheet, row.same_as.row_no) if row.same_as else None,
        reason=row.reasons[0]["code"] if row.state == RowState.REJECTED else "",
        cells=tuple(cells),
    )


def _answers(one: PushedList, people: set[int], units: dict[int, str]) -> dict[int, Answer]:
    entries = list(
        ListEntry.objects.filter(pushed_list=one, person_id__in=people, duplicate_of=None).select_related("task")
    )
    checks = Check.objects.in_bulk([entry.task_id for entry in entries])
    facts = ("counted_id", "identified_id", "located_id", "controlled_id")
    known = Finding.objects.filter(pk__in=[getattr(c, name) for c in checks.values() for name in facts])
    answers = dict(known.values_list("id", "answer"))
    return {
        entry.person_id: _answer(entry, checks[entry.task_id], units[entry.task.unit_id], answers) for entry in entries
    }


def _answer(entry: ListEntry, check: Check, unit: str, answers: dict[int, str]) -> Answer:
    return Answer(
        unit=unit,
        facts=(
            answers.get(check.counted_id or 0, ""),
            answers.get(check.identified_id or 0, ""),
            answers.get(check.located_id or 0, ""),
            answers.get(check.controlled_id or 0, ""),
        ),
        ending=entry.ending,
        struck_off_at=entry.struck_off_at,
        taken_over_by=check.taken_over_by,
        receipt=check.receipt,
        attempts=check.attempts,
    )
