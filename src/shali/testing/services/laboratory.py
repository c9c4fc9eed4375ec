"""Boxes at the laboratory: what was sent against what came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Box, Laboratory, Tube
from shali.testing.queries.find import box_in_scope, laboratory_in_scope, tube_in_scope
from shali.testing.rules import TubeState
from shali.testing.services.processing.inbox import BY
from shali.testing.services.rounds import NotLawful
from shali.testing.services.standing import restand


@dataclass(frozen=True, slots=True)
class Received:
    """A box as received: of the tubes that were sent, how many came; which did not; which came that nobody had sent."""

    box: str
    found: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    broken: tuple[str, ...]


@transaction.atomic
def add_laboratory(*, scope: Scope, name: str, per_hour: int, by: str, at: datetime) -> Laboratory:
    """Add a laboratory of the scope's own unit, with how many tubes it can test in an hour."""
    if not name.strip() or not 1 <= per_hour <= 1_000_000:
        raise WrongInput(_("Name the laboratory, and say how many tubes it tests in an hour."), fields={"name": ""})
    if Laboratory.objects.filter(path=scope.path, name=name.strip()[:60]).exists():
        raise WrongInput(_("There is a laboratory of this name already."), fields={"name": "repeated"})
    unit = Unit.objects.get(path=scope.path)
    return Laboratory.objects.create(
        path=scope.path, unit=unit, name=name.strip()[:60], per_hour=per_hour, made_at=at, made_by=by
    )


@transaction.atomic
def receive_box(
    *, scope: Scope, box: str, laboratory: str, scanned: Sequence[str], broken: Sequence[str], by: str, at: datetime
) -> Received:
    """Receive a box by the tubes that were scanned out of it, against those that were scanned into it.

    A tube that is missing is neither received nor lost until somebody says so by name; a broken one is void, and its
    people owe another sample.
    :raises NotLawful: the box was received already
    """
    row = box_in_scope(scope, box)
    bench = laboratory_in_scope(scope, laboratory)
    came = list(dict.fromkeys(code.strip() for code in scanned if code.strip()))
    if not came:
        raise WrongInput(_("Scan the tubes of the box, one code to a line."), fields={"scanned": "missing"})
    sent = [str(code) for code in row.codes]
    found = [code for code in came if code in set(sent)]
    missing = tuple(code for code in sent if code not in set(came))
    extra = tuple(code for code in came if code not in set(sent))
    damaged = tuple(code for code in dict.fromkeys(broken) if code in set(found))
    changed = Box.objects.filter(pk=row.pk, received_at=None).update(
        laboratory=bench,
        received_at=at,
        received_by=by,
        found=len(found),
        missing=len(missing),
        extra=len(extra),
        broken=len(damaged),
        missing_codes=missing,
        extra_codes=extra,
        broken_codes=damaged,
    )
    if not changed:
        raise NotLawful(_("This box was received already."))
    with in_scope(system_scope("testing")):
        tubes = Tube.objects.filter(round_id=row.round_id, code__in=came, received_at=None)
        tubes.update(received_at=at)
        _void(row.round_id, damaged, at=at)
    return Received(row.public_id, len(found), missing, extra, damaged)


def _void(round_id: int, codes: Sequence[str], *, at: datetime) -> None:
    """Void tubes that broke; their people owe another sample."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update testing_tube set state = %s, voided_at = %s, void_why = 'broken', version = version + 1"
            " where round_id = %s and code = any(%s) and state <> %s and outcome is null returning id",
            [TubeState.VOID, at, round_id, list(codes), TubeState.VOID],
        )
        voided = [number for (number,) in cursor.fetchall()]
        cursor.execute("select person_id from testing_sample where tube_id = any(%s)", [voided])
        people = [person for (person,) in cursor.fetchall()]
    restand(round_id=round_id, people=people, by=BY, at=at)


@transaction.atomic
def name_lost(*, scope: Scope, tube: str, by: str, at: datetime) -> Tube:
    """Say by name that a tube is missing for good: it is void, and its people owe another sample.

    :raises NotLawful: it has a result, or is void or lost already
    """
    row = tube_in_scope(scope, tube)
    with in_scope(system_scope("testing")):
        changed = Tube.objects.filter(pk=row.pk, outcome=None, lost_at=None).exclude(state=TubeState.VOID)
        if not changed.update(lost_at=at, lost_by=by):
            raise NotLawful(_("This tube has a result, or is void or lost already."))
        people = list(row.samples.values_list("person_id", flat=True))
        restand(round_id=row.round_id, people=people, by=by, at=at)
    row.refresh_from_db()
    return row
