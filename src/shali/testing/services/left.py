"""Nobody left out: exempt with a reason, missing by name, and a task at the door for whoever cannot come."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.models import Person
from shali.foundation.policy.rules import limit
from shali.foundation.tasks.models import TaskState
from shali.foundation.tasks.services.close import close_task
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Expected, Round, TakenBack
from shali.testing.queries.find import round_in_scope
from shali.testing.queries.homes import AT_HOME
from shali.testing.queries.left import LEFT, lines_left
from shali.testing.queries.narrowed import Narrow, lines_of
from shali.testing.rules import EXEMPTIONS, MISSING, RoundState
from shali.testing.rules.exempting import TAKE_BACK
from shali.testing.services.rounds import NotLawful

MOST = 20_000
VISITS = "select id from tasks_task where kind = %s and state <> %s and subject_id = any(%s::bigint[]) order by id"


@transaction.atomic
def exempt_people(*, scope: Scope, made: str, people: Sequence[int], why: str, by: str, at: datetime) -> int:
    """Exempt people of a round's roster (by the numbers of their lines) for a reason. Returns how many are new."""
    if why not in EXEMPTIONS:
        raise WrongInput(_("Give the reason for which they are exempt."), fields={"why": "missing"})
    return _write(scope, made, people, at, exempt=why, exempt_by=by, exempt_at=at)


@transaction.atomic
def exempt_narrowed(*, scope: Scope, made: str, wanted: Narrow, count: int, why: str, by: str, at: datetime) -> int:
    """Exempt all whom a filter means, for a reason, in one act; count: how many were shown. Returns how many are new.

    :raises WrongInput: no reason, or the filter names no more than a unit
    :raises NotLawful: by now the filter means another number of people
    """
    if not wanted.is_narrow:
        raise WrongInput(_("Filter by building, group or age first."), fields={"group": "missing"})
    lines = lines_of(scope, made, wanted, at=at)
    if len(lines) != count:
        said = _("By now %(now)d people are left under this filter; %(shown)d were shown. Look again.")
        raise NotLawful(said % {"now": len(lines), "shown": count})
    return exempt_people(scope=scope, made=made, people=lines, why=why, by=by, at=at)


@transaction.atomic
def take_back_exemptions(*, scope: Scope, made: str, people: Sequence[int], why: str, by: str, at: datetime) -> int:
    """Take exemptions back (by the numbers of their lines): these people are left again. Returns how many.

    What was said, by whom, and who took it back stays on record.
    :raises WrongInput: no reason of the list
    """
    if why not in TAKE_BACK:
        raise WrongInput(_("Say why the exemption does not hold."), fields={"why": "missing"})
    row = _open(scope, made)
    lines = Expected.objects.filter(within(scope.path), round=row, pk__in=people, guest=False).exclude(exempt="")
    found = list(lines.select_for_update().order_by("id"))
    TakenBack.objects.bulk_create(
        [
            TakenBack(
                line=one, path=one.path, exempt=one.exempt, exempt_by=one.exempt_by, exempt_at=one.exempt_at or at,
                why=why, by=by, at=at,
            )
            for one in found
        ],
        batch_size=2_000,
    )  # fmt: skip
    Expected.objects.filter(pk__in=[one.pk for one in found]).update(exempt="", exempt_by="", exempt_at=None)
    return len(found)


@transaction.atomic
def name_missing(*, scope: Scope, made: str, people: Sequence[int], why: str, by: str, at: datetime) -> int:
    """Say by name that people could not be sampled, and why. Returns how many are new."""
    if why not in MISSING:
        raise WrongInput(_("Say why they could not be sampled."), fields={"why": "missing"})
    return _write(scope, made, people, at, missing=why, missing_by=by, missing_at=at)


def _write(scope: Scope, made: str, people: Sequence[int], at: datetime, **said: object) -> int:
    row = _open(scope, made)
    lines = Expected.objects.filter(LEFT, within(scope.path), round=row, pk__in=people)
    persons = list(lines.values_list("person_id", flat=True))
    changed = lines.update(**said)
    by = said.get("exempt_by") or said.get("missing_by")
    _close_visits(persons, "exempt" if "exempt" in said else "missing", str(by), at)
    return changed


def _open(scope: Scope, made: str) -> Round:
    row = round_in_scope(scope, made)
    if row.state != RoundState.OPEN:
        raise NotLawful(_("This round is not open."))
    return row


@transaction.atomic
def visit_at_home(*, scope: Scope, made: str, people: Sequence[int], by: str, at: datetime) -> int:
    """Open a task at the door for people who are left, at the units where they live; naming no line, for all of them.

    Returns how many tasks are new.
    """
    row = _open(scope, made)
    lines = lines_left(scope, row, scope.path, most=MOST)
    if people:
        lines = lines.filter(pk__in=people)
    persons = list(lines.order_by("path", "id").values_list("person_id", flat=True)[: MOST + 1])
    if len(persons) > MOST:
        raise NotLawful(_("More than %(n)d people are left. Go on unit by unit.") % {"n": MOST})
    rule = limit(AT_HOME, at)
    due = at + timedelta(hours=rule.hours)
    with in_scope(system_scope("testing")):
        homes = dict(Person.objects.filter(pk__in=persons).values_list("pk", "unit_id"))
        new = [
            NewTask(AT_HOME, homes[one], one, scope.path, at, due, rule.rule_id, settings.EXERCISE) for one in persons
        ]
        return sum(one.is_new for one in open_tasks(new, by=by, at=at))


def _close_visits(persons: Sequence[int], outcome: str, by: str, at: datetime) -> None:
    scope = system_scope("testing")
    with in_scope(scope):
        with connection.cursor() as cursor:
            cursor.execute(VISITS, [AT_HOME, TaskState.CLOSED, list(persons)])
            tasks = [task for (task,) in cursor.fetchall()]
        for task in tasks:
            close_task(task=task, seen=None, outcome=outcome, scope=scope, by=by, at=at)


def close_visits_of_sampled(*, people: Sequence[int], by: str, at: datetime) -> None:
    """Close the tasks at the door of people who were sampled meanwhile."""
    _close_visits(people, "sampled", by, at)
