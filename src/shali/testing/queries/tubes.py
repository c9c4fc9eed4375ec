"""A tube with whom it holds, what is parked, and who is recalled."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.ui.paging import Page, page_by_hour
from shali.testing.models import Expected, Parked, Recall, Sample, Tube
from shali.testing.queries.find import round_in_scope, tube_in_scope
from shali.testing.queries.turnaround import late
from shali.testing.rules import Outcome, RoundState, TubeState

WHICH = {
    "conflict": ~Q(conflict="") & ~Q(state=TubeState.VOID),
    "waiting": Q(outcome=None, lost_at=None, state=TubeState.SEALED),
    "suspect": Q(outcome__in=[Outcome.POSITIVE, Outcome.DOUBTFUL]),
    "open": Q(state=TubeState.OPEN),
    # The terms of the round's account of tubes, as queries/balance.py counts them.
    "all": Q(),
    "received": ~Q(state=TubeState.VOID) & Q(lost_at=None) & (Q(received_at__isnull=False) | Q(outcome__isnull=False)),
    "void": Q(state=TubeState.VOID),
    "lost": ~Q(state=TubeState.VOID) & Q(lost_at__isnull=False),
    "on_the_way": ~Q(state=TubeState.VOID) & Q(lost_at=None, received_at=None, outcome=None),
}

RECALLED = {"overdue": Q(done_at=None), "open": Q(done_at=None), "done": Q(done_at__isnull=False), "all": Q()}
NEVER = datetime(9000, 1, 1, tzinfo=UTC)  # a tube without a swab stands behind all others


@dataclass(frozen=True, slots=True)
class Member:
    person: Masked | None
    taken_at: datetime
    how: str
    table: int
    is_bound: bool
    standing: int | None


@dataclass(frozen=True, slots=True)
class TubeRow:
    public_id: str
    code: str
    site: str
    members: int
    size: int
    state: int
    conflict: str
    first_at: datetime | None
    outcome: int | None


@dataclass(frozen=True, slots=True)
class TubeView:
    public_id: str
    code: str
    round: str
    round_number: int
    site: str
    site_id: str
    size: int
    members: int
    state: int
    conflict: str
    first_at: datetime | None
    sealed_at: datetime | None
    box: str
    box_code: str
    received_at: datetime | None
    lost_at: datetime | None
    outcome: int | None
    resulted_at: datetime | None
    void_why: str
    people: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class ParkedRow:
    public_id: str
    kind: str
    round_number: int
    table: int
    seq: int | None
    tube: str
    detail: dict[str, object]
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class RecallRow:
    person: Masked | None
    unit: str
    unit_en: str
    why: str
    tube: str
    tube_code: str
    task: str
    opened_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    outcome: str


def tube_view(scope: Scope, tube: str, *, at: datetime) -> TubeView:
    """Return a tube and its people.

    :raises NotInScope: there is none here
    """
    found = tube_in_scope(scope, tube)
    rows = list(Sample.objects.filter(tube=found).select_related("station").order_by("seq", "id"))
    people = masked_many(scope, [one.person_id for one in rows], on=day_of(at))
    standings = dict(
        Expected.objects.filter(round_id=found.round_id, person_id__in=[one.person_id for one in rows]).values_list(
            "person_id", "standing"
        )
    )
    return TubeView(
        public_id=found.public_id,
        code=found.code,
        round=found.round.public_id,
        round_number=found.round.number,
        site=found.site.name,
        site_id=found.site.public_id,
        size=found.size,
        members=found.members,
        state=found.state,
        conflict=found.conflict,
        first_at=found.first_at,
        sealed_at=found.sealed_at,
        box=found.box.public_id if found.box else "",
        box_code=found.box.code if found.box else "",
        received_at=found.received_at,
        lost_at=found.lost_at,
        outcome=found.outcome,
        resulted_at=found.resulted_at,
        void_why=found.void_why,
        people=tuple(
            Member(
                people.get(one.person_id),
                one.taken_at,
                one.how,
                one.station.table,
                one.unbound_at is None,
                standings.get(one.person_id),
            )
            for one in rows
        ),
    )


def tubes(scope: Scope, made: str, which: str, *, at: datetime, after: str = "") -> Page[TubeRow]:
    """Return a page of a round's tubes under a word: in conflict, without a result, suspect, open, late by stage.

    The oldest swab on top, so whatever is late comes first; tubes without one at the end.
    """
    row = round_in_scope(scope, made)
    rows = Tube.objects.filter(within(scope.path), (WHICH | late(scope, at=at))[which], round=row)
    begun = rows.select_related("site").annotate(begun=Coalesce("first_at", Value(NEVER)))
    page = page_by_hour(begun, "begun", after=after)
    return replace(page, rows=[_tube(one) for one in page.rows])


def _tube(one: Tube) -> TubeRow:
    return TubeRow(
        one.public_id,
        one.code,
        one.site.name,
        one.members,
        one.size,
        one.state,
        one.conflict,
        one.first_at,
        one.outcome,
    )


def parked(scope: Scope, *, after: str = "") -> Page[ParkedRow]:
    """Return a page of what is parked in a scope, the oldest first."""
    rows = Parked.objects.filter(within(scope.path), settled_at=None).select_related("round", "station", "tube")
    page = page_by_hour(rows, "opened_at", after=after)
    lines = [
        ParkedRow(
            one.public_id,
            one.kind,
            one.round.number if one.round else 0,
            one.station.table if one.station else 0,
            one.seq,
            one.tube.public_id if one.tube else "",
            dict(one.detail),
            one.opened_at,
        )
        for one in page.rows
    ]
    return replace(page, rows=lines)


def recalls(scope: Scope, made: str, which: str = "open", *, at: datetime, after: str = "") -> Page[RecallRow]:
    """Return a page of a round's recalls under a word of RECALLED: what is owed due first, what is done newest first.

    all: in the order in which they were opened
    """
    row = round_in_scope(scope, made)
    rows = Recall.objects.filter(within(scope.path), _recalled(which, at), round=row).select_related("task", "tube")
    by = {"done": "done_at", "all": "opened_at"}.get(which, "due_at")
    rows = rows.annotate(due_at=Coalesce("task__due_at", "opened_at"))
    page = page_by_hour(rows, by, after=after, is_newest_first=which == "done")
    found = page.rows
    people = masked_many(scope, [one.person_id for one in found], on=day_of(at))
    units = {one.path: one for one in Unit.objects.filter(path__in={one.path for one in found})}
    lines = [
        RecallRow(
            people.get(one.person_id),
            units[one.path].name if one.path in units else "",
            units[one.path].name_en if one.path in units else "",
            one.why,
            one.tube.public_id,
            one.tube.code,
            one.task.public_id if one.task else "",
            one.opened_at,
            one.task.due_at if one.task else None,
            one.done_at,
            one.outcome,
        )
        for one in found
    ]
    return replace(page, rows=lines)


def recalls_counted(scope: Scope, made: str, *, at: datetime) -> dict[str, int]:
    """Count a round's recalls under each word of RECALLED; one query for all of them."""
    rows = Recall.objects.filter(within(scope.path), round=round_in_scope(scope, made))
    return rows.aggregate(**{which: Count("pk", filter=_recalled(which, at)) for which in RECALLED})


def _recalled(which: str, at: datetime) -> Q:
    return RECALLED[which] & Q(task__due_at__lte=at) if which == "overdue" else RECALLED[which]


def recall_of_task(scope: Scope, task: str) -> Recall | None:
    """Return the recall that a task is about."""
    rows = Recall.objects.filter(within(scope.path), task__public_id=task).select_related("tube", "round")
    return rows.order_by("-id").first()


def home_of_task(scope: Scope, task: str) -> Expected | None:
    """Return whom a task for a visit at home is about, in the newest open round."""
    rows = Expected.objects.filter(within(scope.path), person__tasks__public_id=task, round__state=RoundState.OPEN)
    return rows.select_related("round").order_by("-round__number").first()
