"""Luohe at full size: 2,367,490 invented residents of real divisions, a million tasks, ten million steps of history."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from shali.config.city import progress
from shali.config.city.plan import NOW, Plan, Size
from shali.config.city.planned import communities_with_units, plan_of
from shali.config.city.progress import TABLES, Begun
from shali.config.city.work import PROCESSES, make_parts, tell_session

FULL = Size()
Tell = Callable[[str, int, int], None]  # step, parts done, parts in all

CLOSE_LISTS = """
update verification_pushedlist l set state = 3, closed_at = e.last
from (select pushed_list_id, max(struck_off_at) as last from verification_listentry
      group by 1 having count(*) = count(struck_off_at)) e
where e.pushed_list_id = l.id and l.state = 2 and l.received_by = 'system:city'
"""


class InTheWay(Exception):
    """The city cannot be made here now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it. `digest` is over names, numbers, days and hours: two machines with one seed agree on it."""

    rows: int
    digest: str
    seconds: tuple[tuple[str, float], ...]
    bytes_on_disk: int


def make(size: Size = FULL, *, tell: Tell = lambda step, done, of: None, processes: int = PROCESSES) -> Made:
    """Make the city, or go on with the one that was begun; a finished one is left as it is.

    :raises InTheWay: another size was begun, or somebody works in this database
    """
    tell_session()
    steps: list[tuple[str, float]] = []
    started = progress.begun()
    if started is None or progress.is_half_made():
        _refuse_company()
        started = started or _begin(size)
        if (started.people, started.tasks, started.seed) != (size.people, size.tasks, size.seed):
            raise InTheWay(f"A city of {started.people:,} people is in this database: make that one, or set SHALI_VAR.")
        for step, count in _steps(plan_of(started)):
            began = time.monotonic()
            _run(step, count, tell=tell, processes=processes)
            steps.append((step, time.monotonic() - began))
        steps.extend(_finish(tell))
    rows, digests = progress.digests()
    digest = hashlib.sha256(b"".join(digests)).hexdigest()
    return Made(rows, digest, tuple(steps), _bytes())


def _begin(size: Size) -> Begun:
    from shali.config import reference
    from shali.config.city.copying import take_numbers
    from shali.config.city.staff import enter_staff
    from shali.foundation.clocks import start_exercise_at
    from shali.verification.models import PushedList

    if size.tasks > size.people:
        raise InTheWay("A city has at most one task a person.")
    reference.ensure()
    if not settings.EXERCISE:
        start_exercise_at(NOW)
        settings.EXERCISE = True
    enter_staff()
    _enter_cast()
    last = PushedList.objects.order_by("-number").values_list("number", flat=True).first() or 0
    plan = Begun(
        *(size.people, size.tasks, size.seed),
        first_person=take_numbers("people_person", size.people),
        first_task=take_numbers("tasks_task", size.tasks),
        first_number=last,
    )
    progress.begin(plan)
    return plan


def _enter_cast() -> None:
    from shali.config.demo.cast import CAST, enter_cast
    from shali.foundation.accounts.models import User

    if not User.objects.filter(username=CAST[0].username).exists():
        enter_cast(busiest=communities_with_units()[3][2], at=NOW - timedelta(days=2))


def _steps(plan: Plan) -> list[tuple[str, int]]:
    return [("1 residents", len(plan.parts)), ("2 history", len(plan.lists))]


def _run(step: str, count: int, *, tell: Tell, processes: int) -> None:
    done = progress.done(step)
    places = [place for place in range(count) if place not in done]
    tell(step, count - len(places), count)
    for finished, _ in enumerate(make_parts(step, places, processes=processes), start=count - len(places) + 1):
        tell(step, finished, count)


def _finish(tell: Tell) -> Iterator[tuple[str, float]]:
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLOSE_LISTS)
    waiting = len(progress.later())
    for number, _ in enumerate(progress.put_back(), start=1):
        tell("3 indexes and foreign keys", number, waiting)
    yield "3 indexes and foreign keys", time.monotonic() - began
    began = time.monotonic()
    for number, table in enumerate(TABLES, start=1):
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute(f"vacuum (analyze) {table}")
        tell("4 vacuum and analyze", number, len(TABLES))
    progress.finish()
    yield "4 vacuum and analyze", time.monotonic() - began


def _refuse_company() -> None:
    """Foreign keys are not enforced meanwhile, so nobody else may write."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_stat_activity where datname = current_database()"
            " and application_name in ('shali-web', 'shali-worker'))"
        )
        if cursor.fetchone()[0]:
            raise InTheWay("Shali is running on this database: stop `make run` first, and start it after `make city`.")


def _bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
