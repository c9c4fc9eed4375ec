"""Laboratories, files of results, and results in force, held, parked, contradicting."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Q

from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.paging import COUNTED_AT_MOST, Page, page_by_hour
from shali.testing.models import Laboratory, Result, ResultFile, Tube
from shali.testing.queries.find import tube_in_scope
from shali.testing.rules import TubeState

FILES = {"held": Q(state="held"), "all": Q()}
# waiting: it contradicts the result in force, and a second person decides; parked: no tube takes it by itself.
WAIT = {"waiting": Q(state="waiting"), "parked": Q(state="parked") & ~Q(why="same_again")}
FILE_COUNTS = ("applied", "parked", "waiting", "refused")


@dataclass(frozen=True, slots=True)
class LaboratoryRow:
    """waiting: tubes received and without a result; hours: how long these take it."""

    public_id: str
    name: str
    unit: str
    unit_en: str
    per_hour: int
    waiting: int
    hours: float


@dataclass(frozen=True, slots=True)
class FileRow:
    """rows = in force + parked + waiting + refused + wrong lines."""

    public_id: str
    laboratory: str
    state: str
    held_for: tuple[str, ...]
    rows: int
    wrong: tuple[tuple[int, str, str], ...]
    received_at: datetime
    received_by: str
    applied: int
    parked: int
    waiting: int
    refused: int


@dataclass(frozen=True, slots=True)
class TubeChoice:
    """A sealed tube without a result that a parked result may be of."""

    public_id: str
    code: str
    round_number: int
    site: str


@dataclass(frozen=True, slots=True)
class ResultRow:
    public_id: str
    tube_code: str
    tube: str
    outcome: int
    run: str
    plate: str
    well: str
    ct_n: float | None
    ct_orf: float | None
    tested_at: datetime
    state: str
    why: str
    laboratory: str
    entered_at: datetime
    entered_by: str
    decided_by: str
    in_force: int | None
    choices: tuple[TubeChoice, ...] = ()


def laboratories(scope: Scope) -> list[LaboratoryRow]:
    """Return the laboratories of a scope with what waits there."""
    rows = Laboratory.objects.filter(within(scope.path), closed_at=None).select_related("unit").order_by("id")
    waits = Count("boxes__tubes", filter=Q(boxes__tubes__outcome=None) & ~Q(boxes__tubes__state=3))
    return [
        LaboratoryRow(
            one.public_id, one.name, one.unit.name, one.unit.name_en, one.per_hour, one.waits, one.waits / one.per_hour
        )
        for one in rows.annotate(waits=waits)
    ]


def files(scope: Scope, which: str = "all", *, after: str = "") -> Page[FileRow]:
    """Return a page of results as they were handed in, the newest first; held: only those that wait for a decision."""
    rows = ResultFile.objects.filter(within(scope.path), FILES[which]).select_related("laboratory")
    page = page_by_hour(rows, "received_at", after=after, is_newest_first=which != "held")
    lines = Result.objects.filter(file__in=page.rows).values("file", "state").annotate(n=Count("pk")).order_by()
    counts = {(line["file"], line["state"]): line["n"] for line in lines}
    return replace(page, rows=[_file(one, [counts.get((one.pk, s), 0) for s in FILE_COUNTS]) for one in page.rows])


def files_held(scope: Scope) -> int:
    """Count the files that wait for a second person, up to 10,000 and one."""
    return ResultFile.objects.filter(within(scope.path), FILES["held"])[: COUNTED_AT_MOST + 1].count()


def _file(one: ResultFile, counts: list[int]) -> FileRow:
    return FileRow(
        one.public_id,
        one.laboratory.name,
        one.state,
        tuple(one.held_for),
        one.rows,
        tuple((int(row), str(column), str(what)) for row, column, what in one.wrong_rows),
        one.received_at,
        one.received_by,
        *counts,
    )


def open_results(scope: Scope, which: str, *, after: str = "") -> Page[ResultRow]:
    """Return a page of results under a word of WAIT, not in force and waiting for somebody, the oldest first."""
    rows = Result.objects.filter(within(scope.path), WAIT[which]).exclude(why="held")
    rows = rows.select_related("tube", "laboratory")
    page = page_by_hour(rows, "entered_at", after=after)
    choices = _choices(scope, {one.tube_code for one in page.rows if one.why in ("ambiguous", "before_sample")})
    return replace(page, rows=[replace(_result(one), choices=choices.get(one.tube_code, ())) for one in page.rows])


def results_counted(scope: Scope) -> dict[str, int]:
    """Count the results under each word of WAIT; one query for both."""
    rows = Result.objects.filter(within(scope.path), state__in=("waiting", "parked")).exclude(why="held")
    return rows.aggregate(**{which: Count("pk", filter=condition) for which, condition in WAIT.items()})


def _choices(scope: Scope, codes: set[str]) -> dict[str, tuple[TubeChoice, ...]]:
    """Return, by label, the tubes on which a parked result could be put."""
    if not codes:
        return {}
    found: dict[str, tuple[TubeChoice, ...]] = {}
    rows = Tube.objects.filter(within(scope.path), code__in=codes, state=TubeState.SEALED, lost_at=None, outcome=None)
    for one in rows.select_related("round", "site").order_by("id"):
        choice = TubeChoice(one.public_id, one.code, one.round.number, one.site.name)
        found[one.code] = (*found.get(one.code, ()), choice)
    return found


def results_of_tube(scope: Scope, tube: str) -> list[ResultRow]:
    """Return every result that names a tube, the newest first.

    :raises NotInScope: there is none here
    """
    found = tube_in_scope(scope, tube)
    rows = Result.objects.filter(tube=found).select_related("tube", "laboratory")
    return [_result(one) for one in rows.order_by("-id")]


def _result(one: Result) -> ResultRow:
    tube: Tube | None = one.tube
    return ResultRow(
        one.public_id,
        one.tube_code,
        tube.public_id if tube else "",
        one.outcome,
        one.run,
        one.plate,
        one.well,
        one.ct_n,
        one.ct_orf,
        one.tested_at,
        one.state,
        one.why,
        one.laboratory.name,
        one.entered_at,
        one.entered_by,
        one.decided_by,
        tube.outcome if tube else None,
    )
