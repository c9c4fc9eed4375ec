"""A round: planned, its roster frozen, opened, closed when its numbers agree."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rows import insert_rows, next_ids
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.policy.rules import limit
from shali.foundation.ui.refusal import NotInScope, Refusal, WrongInput
from shali.foundation.vault.sealing import open_text
from shali.testing.facts import RoundClosed, RoundOpened
from shali.testing.models import Expected, Round
from shali.testing.models.rounds import ANY_SIZE
from shali.testing.queries.balance import balance
from shali.testing.queries.find import round_in_scope
from shali.testing.rules import RoundState
from shali.testing.services.marks import mark_key, marks_of, new_mark_key

FREEZE = "shali.testing.jobs.freeze"
CHUNK = 20_000
NEXT_PEOPLE = """
select p.id, p.public_id, p.path from people_person p
where p.path >= %s and p.path < %s || '/' and p.id > %s and p.merged_into_id is null order by p.id limit %s
"""
# A round's roster is who is registered here; whoever comes without being on it is a guest.
DOCUMENTS = """
select person_id, id, number_sealed from people_document
where person_id = any(%s) and whole and ended_at is null order by person_id, id
"""


class NotLawful(Refusal):
    """A round is not where this could be done with it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """unit: path of the area; pool_size: people to a tube where a sampling point says nothing else."""

    unit: str
    starts_at: datetime
    ends_at: datetime
    pool_size: int = 10


@transaction.atomic
def plan_round(*, scope: Scope, plan: Plan, by: str, at: datetime) -> Round:
    """Plan a round for an area of the scope.

    :raises WrongInput: the area, the hours or the size of the pools are wrong
    """
    unit = Unit.objects.filter(path=plan.unit, closed_on=None).first()
    if unit is None or not scope.holds(unit.path):
        raise WrongInput(_("Choose an area of your own."), fields={"unit": "missing"})
    if not plan.starts_at < plan.ends_at:
        raise WrongInput(_("The round ends before it begins."), fields={"ends_at": "wrong"})
    if plan.pool_size not in ANY_SIZE:
        raise WrongInput(_("A tube holds 1, 5, 10 or 20 people."), fields={"pool_size": "wrong"})
    with in_scope(system_scope("testing")), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('testing_round_number'))")
        last = Round.objects.filter(outbreak_id=settings.OUTBREAK).aggregate(last=Max("number"))["last"] or 0
        (number,) = next_ids("testing_round", count=1)
        return Round.objects.create(
            pk=number,
            outbreak_id=settings.OUTBREAK,
            number=last + 1,
            path=unit.path,
            unit=unit,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            pool_size=plan.pool_size,
            planned_at=at,
            planned_by=by,
            mark_key_sealed=new_mark_key(row=number),
            rule=limit("tube_result", at).rule_id,
            exercise=settings.EXERCISE,
        )


@transaction.atomic
def freeze_later(*, scope: Scope, made: str, by: str) -> None:
    """Ask the worker to draw a round's roster; the round opens by itself when it is whole. Twice is once.

    :raises NotLawful: the roster is frozen already, or somebody else's
    """
    row = round_in_scope(scope, made)
    if row.state != RoundState.PLANNED or not scope.holds(row.path):
        raise NotLawful(_("The roster of this round is frozen, or the round is not yours."))
    lock = f"testing:freeze:{row.pk}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(FREEZE, lock=lock, queueing_lock=lock).defer(made=row.pk, by=by)


def freeze_roster(*, made: int, by: str, at: datetime) -> int:
    """Draw the roster from the register, a chunk to a transaction, and open the round. Goes on after a kill.

    Returns how many people are on it. A round that is open already stays as it is.
    """
    while True:
        with in_scope(system_scope("testing")):
            row = Round.objects.select_for_update().get(pk=made)
            if row.state != RoundState.PLANNED:
                return row.people
            if not _freeze_chunk(row):
                Round.objects.filter(pk=made).update(state=RoundState.OPEN, opened_at=at, opened_by=by)
                announce([RoundOpened(made, row.people, row.path)], by=by, at=at)
                return row.people


def _freeze_chunk(row: Round) -> int:
    key = mark_key(made=row)
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(person_id), 0) from testing_expected where round_id = %s", [row.pk])
        (last,) = cursor.fetchone()
        cursor.execute(NEXT_PEOPLE, [row.path, row.path, last, CHUNK])
        people = cursor.fetchall()
        cursor.execute(DOCUMENTS, [[person for person, _code, _path in people]])
        numbers: dict[int, list[str]] = {}
        for person, document, sealed in cursor.fetchall():
            number = open_text(sealed, table="people_document", column="number", row=document)
            numbers.setdefault(person, []).append(number)
    insert_rows(
        Expected,
        ("round_id", "person_id", "path", "guest", "standing", "marks", "exempt", "exempt_by", "missing", "missing_by"),
        (
            (row.pk, person, path, False, 0, marks_of(key=key, documents=numbers.get(person, ()), code=code), *[""] * 4)
            for person, code, path in people
        ),
    )
    if people:
        row.people += len(people)
        Round.objects.filter(pk=row.pk).update(people=row.people)
    return len(people)


@transaction.atomic
def close_round(*, scope: Scope, made: str, by: str, at: datetime) -> Round:
    """Close a round whose numbers agree: roster = sampled + exempt + named missing, nothing parked, all tubes known.

    :raises NotLawful: something is open; the sentence says what, in numbers
    """
    row = round_in_scope(scope, made)
    if not scope.holds(row.path):
        raise NotInScope
    if row.state != RoundState.OPEN:
        raise NotLawful(_("This round is not open."))
    with in_scope(system_scope("testing")):
        counted = balance(system_scope("testing"), row.pk)
    if not counted.may_close:
        raise NotLawful(
            _(
                "%(left)d people are not sampled, exempt or named missing; %(parked)d things are parked; "
                "%(tubes)d tubes are without a result. Settle these first."
            )
            % {
                "left": counted.not_sampled,
                "parked": counted.parked,
                "tubes": counted.tubes - counted.tubes_void - counted.tubes_missing - counted.tubes_resulted,
            }
        )
    Round.objects.filter(pk=row.pk, state=RoundState.OPEN).update(state=RoundState.CLOSED, closed_at=at, closed_by=by)
    announce([RoundClosed(row.pk, row.path)], by=by, at=at)
    row.refresh_from_db()
    return row
