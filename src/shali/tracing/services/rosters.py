"""How people come onto an exposure's roster: from a file, from visits with their hours, as a case told, by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shali.foundation.intake.queries.visits import hours_told
from shali.foundation.intake.services.receive import receive_file
from shali.foundation.journal.announce import Announced
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.policy.rules import limit
from shali.foundation.tasks.services.open import NewTask, Opened, open_tasks
from shali.foundation.ui.refusal import Refusal, WrongInput
from shali.tracing.bridge import read_hours
from shali.tracing.models import Exposure, ExposureState, Member, Relationship
from shali.tracing.models.exposures import ROSTERS
from shali.tracing.queries.find import exposure_in_scope
from shali.tracing.rules import was_in
from shali.tracing.services.history import NotLawful
from shali.tracing.services.persons import Named, people_of

PURPOSE = "exposure"
CHECK, LOOK_BACK = "exposure_check", "exposure_look_back"


@transaction.atomic
def receive_roster(
    *, scope: Scope, exposure: str, path: Path, file_name: str, by: str, at: datetime, holds: str = "people"
) -> str:
    """Store a roster's file as it came; who is on it follows when its columns are confirmed. Returns the batch.

    holds: people, whom all are put on the roster; or visits, of which those that touch the exposure's window are
    :raises NotLawful: this exposure has a roster's file already
    """
    row = exposure_in_scope(scope, exposure)
    if holds not in ROSTERS:
        raise WrongInput(_("Say whether each row is a person or a visit."), fields={"holds": "missing"})
    if row.batch_id is not None:
        raise NotLawful(_("This exposure has a file already. Add the others one by one, or open another exposure."))
    received = receive_file(
        scope=scope,
        path=path,
        file_name=file_name,
        purpose=PURPOSE,
        sender=row.place,
        announced=None,
        handed_over_at=at,
        by=by,
        at=at,
    )
    if not received.is_new and Exposure.objects.filter(batch_id=received.batch).exists():
        raise NotLawful(_("The same file is the roster of another exposure."))
    Exposure.objects.filter(pk=row.pk, batch=None).update(batch_id=received.batch, roster_of=holds)
    return received.public_id


class PeopleAsked(Refusal):
    """People of a roster's file are being asked already."""


def refuse_undoing_rosters(announced: Announced) -> None:
    """Let a roster's file be taken back only while nobody of it is on the roster. Caller: the reaction to BatchUndone.

    :raises PeopleAsked: then the import stays, and with it everything else of the transaction
    """
    batches = [fact.batch for fact in announced.facts]
    with in_scope(system_scope("protocols")):
        members = Member.objects.filter(exposure__batch__in=batches, came_by__in=("file", "visits"))
        if asked := members.count():
            said = _("%(n)d people of this file are on a roster and are being asked; it cannot be undone as a whole.")
            raise PeopleAsked(said % {"n": asked})
        Exposure.objects.filter(batch__in=batches).update(batch=None, visits_outside=0, visits_unclear=0)


@transaction.atomic
def add_by_hand(*, scope: Scope, exposure: str, lines: Sequence[Named | int], by: str, at: datetime) -> int:
    """Put people on a roster who are named line by line; whoever is not of the register is enrolled. Returns how many.

    :raises NotLawful: the roster of a look-back round is the first round's, frozen
    """
    row = _may_grow(scope, exposure)
    with in_scope(system_scope("tracing")):
        people = people_of(lines, near=row.unit.path, by=by, at=at)
    return add_members(exposure=row, people=people, came_by="hand", by=by, at=at)


@transaction.atomic
def add_told(*, scope: Scope, exposure: str, by: str, at: datetime) -> int:
    """Put those on a roster whom the exposure's case met within its window, as it was told or found. Returns how many.

    :raises NotLawful: the exposure names no case, or it is a look-back round
    """
    row = _may_grow(scope, exposure)
    if row.case_id is None:
        raise NotLawful(_("This exposure names no case whose contacts could be taken over."))
    with in_scope(system_scope("tracing")):
        met = Relationship.objects.filter(
            case_id=row.case_id, withdrawn_at=None, first_at__lte=row.to_at, last_at__gte=row.from_at
        )
        people = list(met.order_by("id").values_list("contact__person_id", flat=True))
    return add_members(exposure=row, people=people, came_by="told", by=by, at=at)


def _may_grow(scope: Scope, exposure: str) -> Exposure:
    row = exposure_in_scope(scope, exposure)
    if row.asks_again_id is not None:
        raise NotLawful(_("A look-back asks those of the first round; its roster is frozen."))
    return row


def join_from_file(*, exposure: Exposure, rows: Sequence[tuple[int, int]], by: str, at: datetime) -> int:
    """Put settled rows (row, person) of the exposure's own file on its roster. Returns how many are new on it.

    Of visits only those that touch the window: the others are counted, and whose hours nobody can read come along.
    """
    came_by = "file"
    people = [person for _row, person in rows]
    if exposure.roster_of == "visits":
        came_by, people = "visits", _visitors(exposure, rows)
    return add_members(exposure=exposure, people=people, came_by=came_by, by=by, at=at)


def _visitors(exposure: Exposure, rows: Sequence[tuple[int, int]]) -> list[int]:
    scope = system_scope("tracing")
    told = hours_told(scope, exposure.batch_id or 0, [row for row, _person in rows])
    zone = settings.TIME_ZONE
    came = read_hours([came for came, _left in told], zone=zone)
    # A day without an hour is the whole of it, for coming and for leaving.
    left = read_hours([left or came for came, left in told], zone=zone, end_of_day=True)
    window = exposure.from_at, exposure.to_at
    outside = {n for n, hour in enumerate(came) if hour is not None and not was_in(window, hour, left[n])}
    Exposure.objects.filter(pk=exposure.pk).update(
        visits_outside=F("visits_outside") + len(outside), visits_unclear=F("visits_unclear") + came.count(None)
    )
    return [person for n, (_row, person) in enumerate(rows) if n not in outside]


@transaction.atomic
def add_members(*, exposure: Exposure, people: Sequence[int], came_by: str, by: str, at: datetime) -> int:
    """Put people on a roster and hand each to the unit where he lives, to be asked. Returns how many are new on it.

    Caller: a scope that holds the exposure, or the reaction to a settled file.
    """
    with in_scope(system_scope("tracing")):
        had = set(Member.objects.filter(exposure=exposure, person_id__in=people).values_list("person_id", flat=True))
        fresh = [person for person in dict.fromkeys(people) if person not in had]
        if not fresh:
            return 0
        homes = {
            pk: (unit, path)
            for pk, unit, path in Person.objects.filter(pk__in=fresh).values_list("pk", "unit_id", "path")
        }
        to_ask = [(homes[person][0], person) for person in fresh]
        opened = hand_to_units(exposure, kind=CHECK, people=to_ask, by=by, at=at)
        taken = set(Member.objects.filter(task_id__in=[one.task for one in opened]).values_list("task_id", flat=True))
        Member.objects.bulk_create(
            [
                Member(
                    exposure=exposure,
                    exposure_path=exposure.path,
                    person_id=person,
                    # Asked for another event already: that task's answer is entered for this one by hand.
                    task_id=None if task.task in taken else task.task,
                    path=homes[person][1],
                    came_by=came_by,
                )
                for person, task in zip(fresh, opened, strict=True)
            ],
            batch_size=2_000,
        )
        Exposure.objects.filter(pk=exposure.pk, state=ExposureState.CLOSED).update(
            state=ExposureState.OPEN, closed_at=None
        )
    return len(fresh)


def hand_to_units(
    exposure: Exposure, *, kind: str, people: Sequence[tuple[int, int]], by: str, at: datetime
) -> list[Opened]:
    """Open a task for each person (unit, person) of a roster to be asked: of kind CHECK or LOOK_BACK."""
    rule = limit(kind, at)
    new = [
        NewTask(
            kind=kind,
            unit=unit,
            subject=person,
            giver_path=exposure.path,
            handed_over_at=at,
            due_at=at + timedelta(hours=rule.hours),
            rule=rule.rule_id,
            exercise=exposure.exercise,
        )
        for unit, person in people
    ]
    return open_tasks(new, by=by, at=at)
