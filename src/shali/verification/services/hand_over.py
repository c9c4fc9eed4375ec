"""Rows of a list that mean a person become tasks of the units that must find them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shali.foundation.intake.facts import BatchSettled, RowSettled
from shali.foundation.journal.announce import Announced, announce
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rows import insert_rows
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.policy.rules import required_attempts
from shali.foundation.tasks.services.open import NewTask, Opened, open_tasks
from shali.verification.facts import ListOpened
from shali.verification.models import Check, ListEntry, ListState, PushedList
from shali.verification.rules import answering_unit
from shali.verification.services.endings import close_finished_lists

KIND = "verification"


@dataclass(frozen=True, slots=True)
class _Row:
    pushed_list: PushedList
    person: int
    row: int
    unit: int
    cause: int


def open_tasks_for_rows(announced: Announced) -> None:
    """Give every settled row's person to the unit that answers, one task a person however many lists ask.

    Runs where RowSettled is announced. The clock runs from the list's hand-over, not from now; a person whose task is
    open already gets a further asker, and the earlier deadline of the two.
    """
    facts: list[RowSettled] = list(announced.facts)
    with in_scope(system_scope("protocols")):
        lists = {pushed.batch_id: pushed for pushed in PushedList.objects.filter(batch_id__in={f.batch for f in facts})}
        rows = _rows_with_units(
            [(f, n) for f, n in zip(facts, announced.numbers, strict=True) if f.batch in lists], lists
        )
        opened = open_tasks(
            [
                NewTask(
                    kind=KIND,
                    unit=row.unit,
                    subject=row.person,
                    giver_path=row.pushed_list.path,
                    handed_over_at=row.pushed_list.handed_over_at,
                    due_at=row.pushed_list.due_at,
                    rule=row.pushed_list.rule,
                    exercise=row.pushed_list.exercise,
                )
                for row in rows
            ],
            by="system:protocols",
            at=announced.at,
            causes=[row.cause for row in rows],
        )
        _note_what_must_be_established(opened, at_rules=announced.at)
        _add_askers(rows, opened)
        # A mended row may bring somebody to a list on which everybody was struck off.
        PushedList.objects.filter(pk__in={row.pushed_list.pk for row in rows}, state=ListState.CLOSED).update(
            state=ListState.OPEN, closed_at=None
        )


def _rows_with_units(facts: list[tuple[RowSettled, int]], lists: dict[int | None, PushedList]) -> list[_Row]:
    homes = dict(
        Person.objects.filter(pk__any_of={fact.person for fact, _ in facts})
        .exclude(source__startswith="batch:")
        .values_list("pk", "unit__path")
    )
    named = _paths_of_divisions({fact.division for fact, _ in facts if fact.division})
    wanted = [
        answering_unit(
            row_path=named.get(fact.division, ""),
            home_path=homes.get(fact.person, ""),
            list_path=lists[fact.batch].path,
        )
        for fact, _ in facts
    ]
    units = dict(Unit.objects.filter(path__in=set(wanted)).values_list("path", "id"))
    return [
        _Row(lists[fact.batch], fact.person, fact.row, units[path], number)
        for (fact, number), path in zip(facts, wanted, strict=True)
    ]


def _paths_of_divisions(codes: Iterable[str]) -> dict[str, str]:
    return dict(Unit.objects.filter(code__in=list(codes)).values_list("code", "path"))


def _note_what_must_be_established(opened: list[Opened], *, at_rules: datetime) -> None:
    attempts = required_attempts(at_rules)
    nothing_yet = dict.fromkeys(("ended_by", "taken_over_by", "receipt", "evidence", "proposed_by"), "")
    insert_rows(
        Check,
        ("task_id",),
        ((one.task,) for one in opened if one.is_new),
        same={"attempts_required": attempts, "attempts": 0, **nothing_yet},
    )


def _add_askers(rows: list[_Row], opened: list[Opened]) -> None:
    insert_rows(
        ListEntry,
        ("pushed_list_id", "person_id", "task_id", "row_id", "due_at"),
        (
            (row.pushed_list.pk, row.person, one.task, row.row, row.pushed_list.due_at)
            for row, one in zip(rows, opened, strict=True)
        ),
        # A second row of the same list that turns out to be the same person asks nothing new.
        ignore_conflicts=True,
    )


def open_settled_lists(announced: Announced) -> None:
    """Show the list of a settled batch to everyone; one on which nobody is open is closed at once."""
    batches = [fact.batch for fact in announced.facts if isinstance(fact, BatchSettled)]
    with in_scope(system_scope("protocols")):
        preparing = PushedList.objects.filter(batch_id__in=batches, state=ListState.IN_PREPARATION)
        numbers = list(preparing.values_list("pk", flat=True))
        PushedList.objects.filter(pk__in=numbers, state=ListState.IN_PREPARATION).update(state=ListState.OPEN)
        for number in numbers:
            people = ListEntry.objects.filter(pushed_list_id=number, duplicate_of=None).count()
            announce(
                [ListOpened(pushed_list=number, people=people)],
                by="system:protocols",
                at=announced.at,
                causes=list(announced.numbers[:1]),
            )
        close_finished_lists(numbers, by="system:protocols", at=announced.at)
