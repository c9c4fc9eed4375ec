"""Results put on their tubes: who is cleared, who owes another sample, what is parked and why."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.facts import PoolSuspect
from shali.testing.models import Result, Tube
from shali.testing.rules import Outcome, TubeState
from shali.testing.services.standing import restand

APPLY = """
update testing_tube t set outcome = n.outcome, resulted_at = %s, received_at = coalesce(t.received_at, %s),
  version = t.version + 1
from unnest(%s::bigint[], %s::smallint[]) as n(id, outcome) where t.id = n.id
"""


def apply_results(*, results: Sequence[Result], by: str, at: datetime) -> int:
    """Put results on their tubes, or park each with its reason. Returns how many were applied.

    A result that contradicts one in force waits for a second person; the same again changes nothing.
    """
    with in_scope(system_scope("testing")):
        tubes = _tubes({one.tube_code for one in results})
        applied: dict[int, Result] = {}
        for one in results:
            tube, why = _tube_for(one, tubes.get(one.tube_code, []), applied)
            one.tube, one.why = tube, why
            if not why and tube is not None:
                one.state = "applied"
                applied[tube.pk] = one
            else:
                one.state = "waiting" if why == "correction" else "parked"
        Result.objects.bulk_update(results, ["tube", "state", "why"], batch_size=2_000)
        put_on_tubes({pk: one.outcome for pk, one in applied.items()}, by=by, at=at)
    return len(applied)


def _tubes(codes: set[str]) -> dict[str, list[Tube]]:
    found: dict[str, list[Tube]] = defaultdict(list)
    for tube in Tube.objects.select_for_update().filter(code__in=codes).order_by("id"):
        found[tube.code].append(tube)
    return found


def _tube_for(one: Result, named: list[Tube], applied: dict[int, Result]) -> tuple[Tube | None, str]:
    """Return the tube that a result is of, and why it cannot be put on it; '' where it can."""
    if len(named) != 1:
        return None, "ambiguous" if named else "unknown_tube"
    tube = named[0]
    if tube.state == TubeState.VOID or tube.lost_at is not None:
        return tube, "void_tube"
    if tube.state != TubeState.SEALED:
        return tube, "not_sealed"
    if tube.sealed_at is not None and one.tested_at < tube.sealed_at:
        return tube, "before_sample"
    before = applied[tube.pk].outcome if tube.pk in applied else tube.outcome
    if before is not None:
        return tube, "same_again" if before == one.outcome else "correction"
    return tube, ""


def put_on_tubes(outcomes: dict[int, int], *, by: str, at: datetime) -> None:
    """Write outcomes on tubes, and work out anew where their people stand. Runs under a system scope."""
    if not outcomes:
        return
    with connection.cursor() as cursor:
        cursor.execute(APPLY, [at, at, list(outcomes), [int(one) for one in outcomes.values()]])
        cursor.execute(
            "select round_id, person_id from testing_sample where tube_id = any(%s) and unbound_at is null",
            [list(outcomes)],
        )
        people: dict[int, list[int]] = defaultdict(list)
        for made, person in cursor.fetchall():
            people[made].append(person)
    suspect = [pk for pk, outcome in outcomes.items() if outcome in (Outcome.POSITIVE, Outcome.DOUBTFUL)]
    pools = Tube.objects.filter(pk__in=suspect, size__gt=1).values_list("pk", "members", "path")
    announce([PoolSuspect(pk, members, path) for pk, members, path in pools], by=by, at=at)
    for made, who in people.items():
        restand(round_id=made, people=who, by=by, at=at)
