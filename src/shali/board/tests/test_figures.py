"""The figures equal a slow recount, whatever happened, over midnight and over the end of a month."""

from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shali.board.queries.curve import curve
from shali.board.queries.figures import Board, Figures, board
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.tasks.models import Stood, Task
from shali.foundation.tasks.services.stood import keep_yesterday
from shali.foundation.ui.refusal import NotInScope

from .sample import CITY, ZONE, Past, enter, prepare

WHOLE = Scope(path=CITY, name="post:1")
EVENING = datetime(2022, 8, 10, 20, 0, tzinfo=ZONE)
DAY = timedelta(days=1)
HOURS = st.sampled_from(
    [
        EVENING,
        datetime(2022, 8, 1, 0, 0, tzinfo=ZONE),
        datetime(2022, 8, 31, 23, 59, tzinfo=ZONE),
        datetime(2022, 9, 1, 0, 5, tzinfo=ZONE),
        datetime(2023, 1, 1, 7, 30, tzinfo=ZONE),
    ]
)
LIFE = st.builds(
    Past,
    place=st.integers(0, 6),
    ago=st.one_of(st.integers(0, 5 * 1440), st.sampled_from([0, 360, 720, 1440, 2880])),
    limit=st.sampled_from([120, 480, 1440, 2880]),
    accepted=st.none() | st.integers(0, 2000),
    closed=st.none() | st.integers(0, 4000) | st.just(1440),
)


def recount(path: str, at: datetime) -> Figures:
    """Count one unit the slow way, task by task."""
    midnight = at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    found = Figures()
    for task in Task.objects.all():
        if not (task.path == path or task.path.startswith(path + ".")) or task.handed_over_at > at:
            continue
        given, ended = task.handed_over_at, task.closed_at
        found.carried += given < midnight and not (ended and ended < midnight)
        found.handed_over += given >= midnight and not (ended and ended < midnight)
        found.closed += bool(ended and midnight <= ended <= at)
        struck = at.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
        if struck - 2 * DAY <= given < struck - DAY:
            found.whole_24 += 1
            found.within_24 += bool(ended and ended - given <= DAY)
        if ended and ended <= at:
            continue
        found.open += 1
        if task.due_at < at:
            found.overdue += 1
            found.oldest_due = min(found.oldest_due or task.due_at, task.due_at)
        else:
            found.soon += task.due_at - at <= timedelta(hours=6)
            found.two_hours += task.due_at - at <= timedelta(hours=2)
        found.not_accepted += not (task.accepted_at and task.accepted_at <= at)
        hours = (at - given) / timedelta(hours=1)
        found.ages[next(n for n, end in enumerate((6, 12, 18, 24, 10**6)) if hours < end)] += 1
    return found


def same(shown: Figures, counted: Figures) -> None:
    counted.last_word = shown.last_word
    assert shown == counted
    assert shown.off_by == 0


def shown_at(path: str, at: datetime, scope: Scope = WHOLE) -> Board:
    with in_scope(system_scope("test")):
        return board(scope, path=path, at=at)


@contextmanager
def taken_back():
    """Take back what an example entered: no row of a task is ever removed."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(LIFE, max_size=25), at=HOURS)
def test_every_figure_of_every_unit_equals_a_recount_today_and_yesterday(lives, at):
    places = prepare()
    with taken_back():
        enter(lives, places, at)

        for path in (CITY, ".".join(places[0].split(".")[:2]), ".".join(places[0].split(".")[:3]), places[0]):
            page = shown_at(path, at)
            same(page.now, recount(path, at))
            same(page.before, recount(path, at - DAY))
            for line in page.lines:
                if line.kind == "child":
                    same(line.now, recount(line.path, at))
            assert sum(line.now.open for line in page.lines) == page.now.open
            assert sum(line.before.overdue for line in page.lines) == page.before.overdue


@pytest.mark.django_db
def test_the_band_is_a_sum_that_holds():
    places = prepare()
    lives = [Past(0, 30 * 60), Past(0, 30 * 60, closed=20 * 60), Past(1, 600), Past(2, 600, closed=60)]
    enter(lives, places, EVENING)

    now = shown_at(CITY, EVENING).now

    # 30 hours before 20:00 is yesterday 14:00; 20 hours later is 10:00 today.
    assert (now.carried, now.handed_over, now.closed, now.open) == (2, 2, 2, 2)
    assert (now.overdue, now.oldest_due) == (1, EVENING - timedelta(hours=6))
    assert (now.within_24, now.whole_24) == (1, 2)
    assert now.ages == [0, 1, 0, 0, 1]


@pytest.mark.django_db
def test_the_curve_ends_at_the_figures_of_the_band():
    places = prepare()
    enter([Past(0, 600), Past(1, 600, closed=60), Past(2, 1440 + 600, closed=60)], places, EVENING)

    with in_scope(system_scope("test")):
        drawn = curve(WHOLE, path=CITY, at=EVENING)

    assert drawn.handed_over[9:11] == (0, 2)
    assert (len(drawn.handed_over), drawn.handed_over[-1], drawn.closed[-1]) == (21, 2, 1)
    assert (drawn.handed_over_before[-1], drawn.closed_before[-1], drawn.closed_before[10]) == (1, 1, 0)


@pytest.mark.django_db
def test_a_county_sees_its_own_alone_and_the_database_says_so_too(as_web):
    places = prepare()
    enter([Past(0, 600), Past(1, 600), Past(4, 600)], places, EVENING)
    county = ".".join(places[0].split(".")[:2])
    scope = Scope(path=county, name="post:2")

    with as_web(), in_scope(scope):
        page = board(scope, path=county, at=EVENING)
        assert page.now.open == 2
        with pytest.raises(NotInScope):
            board(scope, path=CITY, at=EVENING)
        with pytest.raises(NotInScope):
            curve(scope, path=places[4], at=EVENING)
        # Past the application's own filter: the wall holds.
        assert board(Scope(path=county, name="x"), path=county, at=EVENING).now.open == Task.objects.count() == 2


@pytest.mark.django_db
def test_a_page_asks_the_same_few_questions_however_many_units_it_has(django_assert_num_queries):
    places = prepare()
    enter([Past(n, 600) for n in range(7)], places, EVENING)
    # Four for now; four for yesterday: whether a job kept it, what was open, what came and went, its last minutes.
    with in_scope(system_scope("test")), django_assert_num_queries(8):
        board(WHOLE, path=CITY, at=EVENING)
    keep_yesterday(at=EVENING)
    with in_scope(system_scope("test")), django_assert_num_queries(7 if Stood.objects.exists() else 8):
        board(WHOLE, path=CITY, at=EVENING)
    with in_scope(system_scope("test")), django_assert_num_queries(1):
        curve(WHOLE, path=CITY, at=EVENING)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(LIFE, max_size=25), at=HOURS, late=st.integers(0, 59))
def test_what_the_job_keeps_of_yesterday_equals_a_recount(lives, at, late):
    places = prepare()
    with taken_back():
        enter(lives, places, at)
        minute = at.replace(second=0, microsecond=0)

        # The minute that runs, and the one before it got ready the next.
        keep_yesterday(at=minute + timedelta(seconds=late) - timedelta(minutes=late % 2))

        for path in (CITY, ".".join(places[0].split(".")[:2])):
            same(shown_at(path, minute + timedelta(seconds=late)).before, recount(path, minute - DAY))
        with in_scope(system_scope("test")):
            kept = Stood.objects.filter(at=minute - DAY).aggregate(n=Sum("open"))["n"] or 0
            assert kept == recount(CITY, minute - DAY).open


@pytest.mark.django_db
def test_yesterday_is_counted_once_a_minute_where_counting_is_slow(settings):
    places = prepare()
    enter([Past(0, 1440 + 600), Past(1, 1440 + 600)], places, EVENING)
    settings.REMEMBER_SLOWER_THAN = -1.0
    assert shown_at(CITY, EVENING).before.open == 2

    enter([Past(2, 1440 + 600)], places, EVENING)

    later = timedelta(seconds=59)
    assert [shown_at(CITY, EVENING + wait).before.open for wait in (later, later + timedelta(seconds=1))] == [2, 3]
    assert shown_at(CITY, EVENING + later).now.open == 3
