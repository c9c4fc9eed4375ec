"""Results of a laboratory: taken, held when they cannot be so, corrected by a second person, never written over."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.testing.models import Laboratory, Result, ResultFile, Tube
from shali.testing.queries.find import file_in_scope, laboratory_in_scope
from shali.testing.rules import Reading, curves_twice, wells_twice
from shali.testing.services.applying import apply_results, put_on_tubes
from shali.testing.services.rounds import NotLawful

MOST_READINGS = 200_000


@transaction.atomic
def take_results(
    *,
    scope: Scope,
    laboratory: str,
    readings: Sequence[Reading],
    wrong: Sequence[tuple[int, str, str]],
    by: str,
    at: datetime,
) -> ResultFile:
    """Take a laboratory's results. What cannot be so is held as a whole until a second person decides.

    wrong: lines that could not be read (row, column, what is wrong); they are kept with the file, and the others go on.
    :raises NotLawful: the same results were handed in before
    """
    bench = laboratory_in_scope(scope, laboratory)
    if not readings and not wrong:
        raise WrongInput(_("There is no result in it."), fields={"file": "empty"})
    digest = _digest(readings)
    before = ResultFile.objects.filter(laboratory=bench, digest=digest).first()
    if before is not None:
        return before
    held = implausible(laboratory=bench, readings=readings, at=at)
    file = ResultFile.objects.create(
        path=bench.path,
        laboratory=bench,
        digest=digest,
        state="held" if held else "taken",
        held_for=held,
        rows=len(readings) + len(wrong),
        wrong_rows=[list(one) for one in wrong],
        received_at=at,
        received_by=by,
    )
    results = [_result(file, bench, one, by, at, is_held=bool(held)) for one in readings]
    Result.objects.bulk_create(results, batch_size=2_000)
    if not held:
        apply_results(results=results, by=by, at=at)
    return file


def _digest(readings: Sequence[Reading]) -> bytes:
    lines = [
        [one.tube, int(one.outcome), one.run, one.plate, one.well, one.ct_n, one.ct_orf, one.tested_at]
        for one in readings
    ]
    return hashlib.sha256(orjson.dumps(sorted(lines, key=orjson.dumps))).digest()


def _result(file: ResultFile, bench: Laboratory, one: Reading, by: str, at: datetime, *, is_held: bool) -> Result:
    return Result(
        file=file,
        path=bench.path,
        laboratory=bench,
        tube_code=one.tube,
        outcome=one.outcome,
        run=one.run,
        plate=one.plate,
        well=one.well,
        ct_n=one.ct_n,
        ct_orf=one.ct_orf,
        tested_at=one.tested_at,
        state="parked",
        why="held" if is_held else "",
        entered_at=at,
        entered_by=by,
    )


def implausible(*, laboratory: Laboratory, readings: Sequence[Reading], at: datetime) -> list[str]:
    """Return why results cannot be so: more than the laboratory can test, one curve twice, tested before it began."""
    found = []
    hours = Counter(one.tested_at.replace(minute=0, second=0, microsecond=0) for one in readings)
    for hour, count in sorted(hours.items()):
        within = Result.objects.filter(tested_at__gte=hour, tested_at__lt=hour + timedelta(hours=1))
        before = within.filter(laboratory=laboratory, why__in=["", "same_again"]).count()
        # A plate is read at once: what two hours can hold may end in one.
        if count + before > 2 * laboratory.per_hour:
            found.append("over_capacity")
            break
    span = max(1, ceil(_hours(readings)))
    if len(readings) > laboratory.per_hour * (span + 1):
        found.append("over_capacity")
    if curves_twice(readings):
        found.append("curves_twice")
    if wells_twice(readings):
        found.append("wells_twice")
    if any(one.tested_at > at for one in readings):
        found.append("in_future")
    if _many_before_their_samples(readings):
        found.append("before_samples")
    return sorted(set(found))


def _hours(readings: Sequence[Reading]) -> float:
    if not readings:
        return 0
    hours = [one.tested_at for one in readings]
    return (max(hours) - min(hours)).total_seconds() / 3600


def _many_before_their_samples(readings: Sequence[Reading]) -> bool:
    """Say whether a tenth of the known tubes was tested before it was sealed: then the file's hours are not true."""
    tested = {one.tube: one.tested_at for one in readings}
    with in_scope(system_scope("testing")):
        sealed = Tube.objects.filter(code__in=list(tested), sealed_at__isnull=False).values_list("code", "sealed_at")
        early = [code for code, hour in sealed if hour is not None and tested[code] < hour]
        return len(early) > 0.1 * len(sealed) and len(early) > 1


@transaction.atomic
def decide_file(*, scope: Scope, file: str, is_taken: bool, by: str, at: datetime) -> ResultFile:
    """Take a held file after all, or refuse it: never who handed it in.

    :raises NotLawful: it is not held, or whoever handed it in decides
    """
    row = file_in_scope(scope, file)
    if row.received_by == by:
        raise NotLawful(_("You handed these results in. Somebody else decides."))
    state = "released" if is_taken else "refused"
    changed = ResultFile.objects.filter(pk=row.pk, state="held").update(state=state, decided_at=at, decided_by=by)
    if not changed:
        raise NotLawful(_("These results are not held."))
    results = list(Result.objects.select_for_update().filter(file=row, state="parked", why="held").order_by("id"))
    if is_taken:
        apply_results(results=results, by=by, at=at)
    else:
        Result.objects.filter(pk__in=[one.pk for one in results]).update(state="refused")
    row.refresh_from_db()
    return row


@transaction.atomic
def decide_correction(*, scope: Scope, result: str, is_taken: bool, by: str, at: datetime) -> Result:
    """Let a result that contradicts the one in force take its place, or refuse it: never who entered it.

    :raises NotLawful: it does not wait, or whoever entered it decides
    """
    row = Result.objects.select_for_update(of=("self",)).filter(public_id=result).select_related("tube").first()
    if row is None or not scope.holds(row.path):
        raise NotInScope
    if row.entered_by == by:
        raise NotLawful(_("You entered this result. Somebody else decides."))
    if row.state != "waiting" or row.tube is None:
        raise NotLawful(_("This result does not wait for a decision."))
    row.state, row.decided_at, row.decided_by = ("applied" if is_taken else "refused"), at, by
    row.save(update_fields=["state", "decided_at", "decided_by"])
    if is_taken:
        with in_scope(system_scope("testing")):
            put_on_tubes({row.tube.pk: row.outcome}, by=by, at=at)
    return row
