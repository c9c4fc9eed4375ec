"""A round: planned, its roster frozen, opened, closed when its numbers agree."""

from collections.abc import Mapping, Sequence
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
from shali.foundation.jurisdictions.moving import common_parent
from shali.foundation.jurisdictions.rows import insert_rows, next_ids
from shali.foundation.jurisdictions.rules import above
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.policy.rules import limit
from shali.foundation.ui.refusal import Refusal, WrongInput
from shali.foundation.vault.sealing import open_text
from shali.testing.facts import RoundOpened
from shali.testing.models import Expected, Round, RoundArea
from shali.testing.queries.areas import areas_of
from shali.testing.queries.exempting import exempt_by_rule, rules_of_the_day
from shali.testing.queries.find import round_in_scope
from shali.testing.rules import ANY_SIZE, RoundState
from shali.testing.rules.exempting import MONTHS, MOST, POSITIVE_DAYS, are_rules
from shali.testing.services.marks import mark_key, marks_of, new_mark_key
from shali.testing.services.placing import place_people

FREEZE = "shali.testing.jobs.freeze"
CHUNK = 20_000
MOST_UNITS = 500
# Each unit of the round gives its next people; whoever two of them would name is named once.
NEXT_PEOPLE = """
select distinct p.id, p.public_id, p.path from unnest(%(areas)s::text[]) as a(path) cross join lateral (
  select p.id, p.public_id, p.path from people_person p
  where p.path >= a.path collate "C" and p.path < a.path collate "C" || '/' and p.id > %(last)s
    and p.merged_into_id is null
  order by p.id limit %(n)s
) p order by p.id limit %(n)s
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
    """units: paths of the area's units; pool_size: people to a tube where a sampling point says nothing else.

    exempt_rules: code -> number, as `rules.exempting` has them, by which the roster is drawn; None: those of the day.
    """

    units: Sequence[str]
    starts_at: datetime
    ends_at: datetime
    pool_size: int = 10
    exempt_rules: Mapping[str, int] | None = None


@transaction.atomic
def plan_round(*, scope: Scope, plan: Plan, by: str, at: datetime) -> Round:
    """Plan a round for units of the scope. It stands at the lowest unit above all of them.

    :raises WrongInput: the units, the hours or the size of the pools are wrong
    """
    paths = _units(scope, plan.units)
    unit = Unit.objects.get(path=common_parent(paths))
    if not plan.starts_at < plan.ends_at:
        raise WrongInput(_("The round ends before it begins."), fields={"ends_at": "wrong"})
    if plan.pool_size not in ANY_SIZE:
        raise WrongInput(_("A tube holds 1, 5, 10 or 20 people, or one household."), fields={"pool_size": "wrong"})
    rules = rules_of_the_day(scope, at) if plan.exempt_rules is None else dict(plan.exempt_rules)
    if not are_rules(rules):
        said = _("Exempt by rule: up to %(months)d months of age, up to %(days)d days after a positive sample.")
        raise WrongInput(said % {"months": MOST[MONTHS], "days": MOST[POSITIVE_DAYS]}, fields={"exempt_rules": "wrong"})
    with in_scope(system_scope("testing")), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('testing_round_number'))")
        last = Round.objects.filter(outbreak_id=settings.OUTBREAK).aggregate(last=Max("number"))["last"] or 0
        (number,) = next_ids("testing_round", count=1)
        made = Round.objects.create(
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
            exempt_rules=rules,
        )
        RoundArea.objects.bulk_create([RoundArea(round=made, path=path) for path in paths])
        return made


def _units(scope: Scope, chosen: Sequence[str]) -> list[str]:
    """Return the paths of chosen units, each once.

    :raises WrongInput: one is not of the scope, or lies in another; or there are none, or too many
    """
    paths = sorted(set(chosen))
    named = {one.path: one.name for one in Unit.objects.filter(path__in=paths, closed_on=None)}
    if not paths or any(path not in named or not scope.holds(path) for path in paths):
        raise WrongInput(_("Choose an area of your own."), fields={"units": "missing"})
    if len(paths) > MOST_UNITS:
        said = _("A round is of at most %(most)d units; %(n)d are chosen. Choose the units above them.")
        raise WrongInput(said % {"most": MOST_UNITS, "n": len(paths)}, fields={"units": "too_many"})
    for path in paths:
        outer = next((one for one in above(path)[:-1] if one in named), "")
        if outer:
            said = _("%(inner)s lies in %(outer)s: choose one of them, so that nobody is on the roster twice.")
            raise WrongInput(said % {"inner": named[path], "outer": named[outer]}, fields={"units": "repeated"})
    return paths


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
            if not _freeze_chunk(row, by=by, at=at):
                place_people(made=row.pk)
                Round.objects.filter(pk=made).update(state=RoundState.OPEN, opened_at=at, opened_by=by)
                announce([RoundOpened(made, row.people, row.path)], by=by, at=at)
                return row.people


def _freeze_chunk(row: Round, *, by: str, at: datetime) -> int:
    scope = system_scope("testing")
    with connection.cursor() as cursor:
        cursor.execute(NEXT_PEOPLE, {"areas": list(areas_of(scope, row)), "last": row.drawn_up_to, "n": CHUNK})
        people = cursor.fetchall()
        cursor.execute(DOCUMENTS, [[person for person, _code, _path in people]])
        numbers: dict[int, list[str]] = {}
        for person, document, sealed in cursor.fetchall():
            number = open_text(sealed, table="people_document", column="number", row=document)
            numbers.setdefault(person, []).append(number)
    drawn = _draw(scope, row, people, numbers, by=by, at=at)
    if people:
        row.people, row.drawn_up_to = row.people + drawn, people[-1][0]
        Round.objects.filter(pk=row.pk).update(people=row.people, drawn_up_to=row.drawn_up_to)
    return len(people)


def _draw(
    scope: Scope,
    row: Round,
    people: Sequence[tuple[int, str, str]],
    numbers: Mapping[int, Sequence[str]],
    *,
    by: str,
    at: datetime,
) -> int:
    """Put people (number, code, path) on a roster, with the numbers of their documents. Returns how many came onto it.

    Somebody has a line already where a merge moved one to him, or a table swabbed him before the round was open: then
    he is there as a guest, and becomes one of the roster.
    """
    key = mark_key(made=row)
    exempt = exempt_by_rule(scope, row, [person for person, _code, _path in people], at=at)
    here = dict(
        Expected.objects.filter(round=row, person__in=[one[0] for one in people]).values_list("person", "guest")
    )
    marks = {one: marks_of(key=key, documents=numbers.get(one, ()), code=code) for one, code, _path in people}
    said = {one: (exempt[one], by, at) if one in exempt else ("", "", None) for one in marks}
    columns = ("round_id", "person_id", "path", "guest", "standing", "marks", "exempt", "exempt_by", "exempt_at")
    insert_rows(
        Expected,
        (*columns, "missing", "missing_by"),
        (
            (row.pk, person, path, False, 0, marks[person], *said[person], "", "")
            for person, _code, path in people
            if person not in here
        ),
    )
    guests = [person for person, is_guest in here.items() if is_guest]
    for person in guests:
        why, who, when = said[person]
        Expected.objects.filter(round=row, person=person).update(
            guest=False, marks=marks[person], exempt=why, exempt_by=who, exempt_at=when
        )
    return len(people) - len(here) + len(guests)
