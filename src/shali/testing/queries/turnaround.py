"""How long tubes take, stage by stage: what lies there now, what is over its time, and how long it took so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.policy.rules import limit
from shali.testing.queries.find import round_in_scope
from shali.testing.rules import TubeState

TO_LABORATORY, AT_LABORATORY, TO_RESULT = "to_laboratory", "at_laboratory", "to_result"
# Stage: the column that begins it, the column that ends it, the rule that limits it.
STAGES: Mapping[str, tuple[str, str, str]] = {
    TO_LABORATORY: ("first_at", "received_at", "tube_transport"),
    AT_LABORATORY: ("received_at", "resulted_at", ""),
    TO_RESULT: ("first_at", "resulted_at", "tube_result"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a round's tubes. now: in it; late: of these, over the limit; oldest: when the longest began.

    done: how many are through it, in_time of them within the limit; middle and most: median and 95th percentile.
    """

    name: str
    limit: timedelta | None
    now: int
    late: int
    oldest: datetime | None
    done: int
    in_time: int
    middle: timedelta | None
    most: timedelta | None


def late(scope: Scope, *, at: datetime) -> dict[str, Q]:
    """Return for each stage with a limit the condition that a tube is over it; the limits are those of the hour."""
    return {
        f"late_{name}": Q(
            **{f"{begins}__lt": at - _limit(rule, at), ends: None},
            outcome=None,
            lost_at=None,
            state__in=(TubeState.OPEN, TubeState.SEALED),
        )
        for name, (begins, ends, rule) in STAGES.items()
        if rule
    }


def turnaround(scope: Scope, made: str, *, at: datetime) -> list[Stage]:
    """Return the stages of the tubes of a round within the scope; one query for all of them.

    :raises NotInScope: there is no such round here
    """
    row = round_in_scope(scope, made)
    limits = {name: _limit(rule, at) if rule else None for name, (_begins, _ends, rule) in STAGES.items()}
    columns: list[str] = []
    given: list[Any] = []  # the stubs know no timedelta
    for name, (begins, ends, _rule) in STAGES.items():
        # What has a result lies nowhere any more, received or not. Columns are constants of this file.
        lies = f"{begins} is not null and {ends} is null and outcome is null"
        bound = limits[name] or timedelta(days=36_500)
        columns.append(
            f"count(*) filter (where {lies}), count(*) filter (where {lies} and {begins} < %s),"
            f" min({begins}) filter (where {lies}),"
            f" count({ends} - {begins}), count(*) filter (where {ends} - {begins} <= %s),"
            f" percentile_cont(0.5) within group (order by {ends} - {begins}),"
            f" percentile_cont(0.95) within group (order by {ends} - {begins})"
        )
        given += [at - bound, bound]
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {', '.join(columns)} from testing_tube"  # noqa: S608
            " where round_id = %s and state <> %s and lost_at is null and path >= %s and path < %s || '/'",
            [*given, row.pk, TubeState.VOID, scope.path, scope.path],
        )
        found = cursor.fetchone() or ()
    return [Stage(name, limits[name], *found[7 * place : 7 * place + 7]) for place, name in enumerate(STAGES)]


def _limit(rule: str, at: datetime) -> timedelta:
    return timedelta(hours=limit(rule, at).hours)
