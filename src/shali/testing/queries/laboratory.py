"""Laboratories, boxes on their way, results in force, held, parked, contradicting."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import limit
from shali.testing.models import Box, Laboratory, Result, ResultFile, Tube
from shali.testing.queries.find import box_in_scope, tube_in_scope


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
class BoxRow:
    """sent = came + missing once received; due_at: when it has to be at a laboratory."""

    public_id: str
    code: str
    site: str
    site_id: str
    claimed: int
    counted: int
    bound: int
    sealed_at: datetime
    due_at: datetime
    laboratory: str
    received_at: datetime | None
    found: int | None
    missing: int | None
    extra: int | None
    broken: int | None
    codes: tuple[str, ...]


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


def boxes(scope: Scope, *, at: datetime, only_open: bool = True, most: int = 200) -> list[BoxRow]:
    """Return boxes, those not received yet first, the oldest of them on top."""
    rows = Box.objects.filter(within(scope.path)).select_related("site", "laboratory")
    if only_open:
        rows = rows.filter(received_at=None)
    return [_box(one, at) for one in rows.annotate(n_bound=Count("tubes")).order_by("received_at", "sealed_at")[:most]]


def one_box(scope: Scope, box: str, *, at: datetime) -> BoxRow:
    """Return one box.

    :raises NotInScope: there is none here
    """
    found = box_in_scope(scope, box)
    return _box(Box.objects.select_related("site", "laboratory").annotate(n_bound=Count("tubes")).get(pk=found.pk), at)


def _box(one: Box, at: datetime) -> BoxRow:
    return BoxRow(
        one.public_id,
        one.code,
        one.site.name,
        one.site.public_id,
        one.claimed,
        one.counted,
        one.n_bound,  # type: ignore[attr-defined]  # annotated
        one.sealed_at,
        one.sealed_at + timedelta(hours=limit("tube_transport", at).hours),
        one.laboratory.name if one.laboratory else "",
        one.received_at,
        one.found,
        one.missing,
        one.extra,
        one.broken,
        tuple(one.codes),
    )


def files(scope: Scope, *, most: int = 50) -> list[FileRow]:
    """Return the results that were handed in, held ones first, then the newest."""
    counted = {
        f"n_{state}": Count("results", filter=Q(results__state=state))
        for state in ("applied", "parked", "waiting", "refused")
    }
    rows = ResultFile.objects.filter(within(scope.path)).select_related("laboratory").annotate(**counted)
    held = Q(state="held")
    found = [*rows.filter(held).order_by("received_at"), *rows.exclude(held).order_by("-received_at")[:most]]
    return [_file(one) for one in found]


def _file(one: Any) -> FileRow:
    return FileRow(
        one.public_id,
        one.laboratory.name,
        one.state,
        tuple(one.held_for),
        one.rows,
        tuple((int(row), str(column), str(what)) for row, column, what in one.wrong_rows),
        one.received_at,
        one.received_by,
        one.n_applied,
        one.n_parked,
        one.n_waiting,
        one.n_refused,
    )


def open_results(scope: Scope, *, most: int = 200) -> list[ResultRow]:
    """Return results that are not in force and wait for somebody: contradictions first, then the oldest."""
    rows = Result.objects.filter(within(scope.path), Q(state="waiting") | Q(state="parked") & ~Q(why="same_again"))
    rows = rows.exclude(why="held").select_related("tube", "laboratory")
    return [_result(one) for one in rows.order_by("-state", "entered_at", "id")[:most]]


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
