"""Lists laid beside each other: who is on all of them, who on one alone, and where they contradict each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from shali.foundation.clocks import day_of
from shali.foundation.intake.models import Row
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.tasks.models import Task, TaskState
from shali.foundation.tasks.rules import clock_state
from shali.foundation.ui.paging import PAGE, Page
from shali.foundation.vault.sealing import open_bytes
from shali.verification.models import Ending, ListEntry, PushedList
from shali.verification.queries.lists import pushed_list
from shali.verification.rules import Said, contradictions

MOST_LISTS = 5
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the lists. only_here: people who are on none of the others."""

    public_id: str
    sender: str
    day: date
    handed_over_at: datetime
    number: int
    people: int
    only_here: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """people = on_all + on_some + the sum of only_here; those with contradictions are among on_all and on_some."""

    lists: tuple[Compared, ...]
    people: int
    on_all: int
    on_some: int
    contradicting: int
    corrects: bool  # the second list corrects the first


@dataclass(frozen=True, slots=True)
class ComparedPerson:
    """A person of the lists: on which of them, how his task stands, where they contradict each other.

    says: for each contradiction its code and what each list says, in the order of the lists; units by name
    """

    person: Masked | None
    on: tuple[bool, ...]
    task: str
    state: str
    due_at: datetime
    closed_in: Any
    unit: str
    unit_en: str
    says: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(slots=True)
class _Members:
    lists: list[PushedList]
    # person -> place of the list -> (task, row)
    on: dict[int, dict[int, tuple[int, int | None]]]
    contradicting: dict[int, tuple[str, ...]]
    said: dict[int, list[Said | None]]

    def which(self, name: str) -> list[int]:
        """Return the people of one part of the comparison, in a stated order."""
        places = len(self.lists)
        if name == "all":
            return sorted(p for p, on in self.on.items() if len(on) == places)
        if name == "some":
            return sorted(p for p, on in self.on.items() if 1 < len(on) < places)
        if name.startswith("only"):
            place = int(name[4:]) - 1 if name[4:].isdigit() else -1
            return sorted(p for p, on in self.on.items() if set(on) == {place})
        return sorted(self.contradicting)


def comparison(scope: Scope, lists: Sequence[str]) -> Comparison:
    """Count two or more lists against each other, as far as the scope reaches.

    :raises NotInScope: one of them is not to be seen from here
    """
    members = _members(scope, lists)
    return Comparison(
        lists=tuple(
            Compared(
                public_id=one.public_id,
                sender=one.sender,
                day=one.day,
                handed_over_at=one.handed_over_at,
                number=one.number,
                people=sum(place in on for on in members.on.values()),
                only_here=len(members.which(f"only{place + 1}")),
            )
            for place, one in enumerate(members.lists)
        ),
        people=len(members.on),
        on_all=len(members.which("all")),
        on_some=len(members.which("some")),
        contradicting=len(members.contradicting),
        corrects=len(members.lists) == 2 and members.lists[1].corrects_id == members.lists[0].pk,
    )


def compared_page(
    scope: Scope, lists: Sequence[str], *, which: str, at: datetime, after: int = 0, size: int = PAGE
) -> Page[ComparedPerson]:
    """Return one page of the people of a part of a comparison: all, some, only1, only2 …, contradictions."""
    members = _members(scope, lists)
    people = members.which(which)
    rest = [person for person in people if person > after]
    shown, here = len(people) - len(rest), rest[:size]
    return Page(
        rows=_rows(scope, members, here, at),
        first=shown + 1 if here else 0,
        last=shown + len(here),
        total=len(people),
        next=str(here[-1]) if len(rest) > size else "",
        is_first=after == 0,
    )


def gone_entries(scope: Scope, correcting: PushedList) -> list[ListEntry]:
    """Return the open entries of a corrected list whose people its correction names no more."""
    named = ListEntry.objects.filter(pushed_list=correcting, duplicate_of=None).values("person_id")
    corrected = ListEntry.objects.filter(pushed_list_id=correcting.corrects_id, duplicate_of=None, struck_off_at=None)
    mine = corrected.filter(within(scope.path, "task__path")).exclude(person_id__in=named)
    return list(mine.select_related("task").order_by("id"))


def _members(scope: Scope, lists: Sequence[str]) -> _Members:
    found = [pushed_list(scope, public_id) for public_id in dict.fromkeys(lists[:MOST_LISTS])]
    members = _Members(found, {}, {}, {})
    for place, one in enumerate(found):
        entries = ListEntry.objects.filter(within(scope.path, "task__path"), pushed_list=one, duplicate_of=None)
        asked = entries.exclude(ending=Ending.WITHDRAWN).values_list("person_id", "task_id", "row_id")
        for person, task, row in asked.iterator(chunk_size=AT_ONCE):
            members.on.setdefault(person, {})[place] = (task, row)
    _find_contradictions(members)
    return members


def _find_contradictions(members: _Members) -> None:
    shared = {person: on for person, on in members.on.items() if len(on) > 1}
    rows = [row for on in shared.values() for _, row in on.values() if row is not None]
    said: dict[int, Said] = {}
    paths = dict(Unit.objects.values_list("code", "path")) if rows else {}
    for begin in range(0, len(rows), AT_ONCE):
        for row in Row.objects.filter(pk__in=rows[begin : begin + AT_ONCE]):
            said[row.pk] = _said(row, paths)
    for person, on in shared.items():
        each = [said.get(on[place][1] or 0) if place in on else None for place in range(len(members.lists))]
        if codes := contradictions([one for one in each if one is not None]):
            members.contradicting[person], members.said[person] = codes, each


def _said(row: Row, paths: dict[str, str]) -> Said:
    sealed = open_bytes(row.cells_sealed, table="intake_row", column="cells", row=row.pk)
    values = orjson.loads(sealed)["values"]
    return Said(
        place=paths.get(row.division, ""),
        phones=frozenset(values.get("phones") or ()),
        birth_on=str(values.get("birth_on") or ""),
        sex=str(values.get("sex") or ""),
        result=str(values.get("result") or "").strip(),
    )


def _rows(scope: Scope, members: _Members, people: list[int], at: datetime) -> list[ComparedPerson]:
    tasks = Task.objects.select_related("unit").in_bulk(
        {task for person in people for task, _ in members.on[person].values()}
    )
    masked = masked_many(scope, people, on=day_of(at))
    places = {one.place for person in people for one in members.said.get(person, []) if one and one.place}
    names = dict(Unit.objects.filter(path__in=places).values_list("path", "name"))
    return [_row(members, one, tasks=tasks, masked=masked.get(one), names=names, at=at) for one in people]


def _row(
    members: _Members,
    person: int,
    *,
    tasks: dict[int, Task],
    masked: Masked | None,
    names: dict[str, str],
    at: datetime,
) -> ComparedPerson:
    on = members.on[person]
    # Lists that ask for the same person share one task, unless it was closed between them: then the latest.
    task = tasks[max(number for number, _ in on.values())]
    state = clock_state(
        handed_over_at=task.handed_over_at,
        due_at=task.due_at,
        at=at,
        soon_share=due_soon_share(task.handed_over_at),
        is_closed=task.state == TaskState.CLOSED,
        is_blocked=task.blocked_since is not None,
    )
    each = members.said.get(person, [])
    return ComparedPerson(
        person=masked,
        on=tuple(place in on for place in range(len(members.lists))),
        task=task.public_id,
        state=state,
        due_at=task.due_at,
        closed_in=task.closed_at - task.handed_over_at if task.closed_at else None,
        unit=task.unit.name,
        unit_en=task.unit.name_en,
        says=tuple(
            (code, tuple(_shown(code, one, names) if one else "—" for one in each))
            for code in members.contradicting.get(person, ())
        ),
    )


def _shown(code: str, said: Said, names: dict[str, str]) -> str:
    """Return what a list says, as much as a page without a reveal may show."""
    if code == "place":
        return names.get(said.place, "—")
    if code == "phone":
        return "、".join(f"…{phone[-2:]}" for phone in sorted(said.phones)) or "—"
    if code == "birth_on":
        return said.birth_on[:4] or "—"
    return str(getattr(said, code)) or "—"
