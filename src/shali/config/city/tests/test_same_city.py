"""Two machines make the same city, a kill loses the part at hand only, and the rows obey every rule of the database."""

import pytest
from django.db import connection

from shali.config.city import make as making
from shali.config.city import progress, work
from shali.config.city.figures import BANDS, MEN, PEOPLE, Census
from shali.config.city.make import InTheWay, make
from shali.config.city.plan import Size
from shali.verification.models import Ending

SMALL = Size(people=1_200, tasks=600, seed=7)
DIGEST = "0b993e5e929dc9408ea2b4b225d78cf56be396ff49a9513d73d62e3f83807ed7"


@pytest.fixture(autouse=True)
def _fresh(settings: object) -> None:
    work.forget()
    settings.EXERCISE = True  # type: ignore[attr-defined]


def scalar(question: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_seed_gives_the_same_city_and_a_second_run_changes_nothing() -> None:
    made = make(SMALL, processes=1)
    again = make(SMALL, processes=1)

    assert made.digest == again.digest == DIGEST
    assert scalar("select count(*) from people_person") == 1_200
    assert scalar("select count(*) from tasks_task") == 600
    assert scalar("select count(*) from tasks_event") >= 6_000


@pytest.mark.django_db(transaction=True)
def test_a_city_killed_in_the_middle_goes_on_to_the_same_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed_after_the_rows(place: int) -> tuple[int, bytes]:
        rows = work._history(place)
        if place == 20:
            raise Killed
        return rows

    monkeypatch.setitem(work._STEPS, "2 history", killed_after_the_rows)
    with pytest.raises(Killed):
        make(SMALL, processes=1)
    half = scalar("select count(*) from verification_pushedlist")
    assert progress.is_half_made()
    monkeypatch.undo()

    made = make(SMALL, processes=1)

    assert half == 20
    assert made.digest == DIGEST
    assert scalar("select count(*) from tasks_task") == 600
    assert not progress.is_half_made()


@pytest.mark.django_db(transaction=True)
def test_nothing_that_was_set_aside_stays_away() -> None:
    indexes = scalar("select count(*) from pg_indexes where schemaname = 'public'")
    keys = scalar("select count(*) from pg_constraint where contype = 'f' and conenforced and convalidated")

    make(SMALL, processes=1)

    assert scalar("select count(*) from pg_indexes where schemaname = 'public'") == indexes
    assert scalar("select count(*) from pg_constraint where contype = 'f' and conenforced and convalidated") == keys
    assert progress.later() == []


@pytest.mark.django_db(transaction=True)
def test_every_task_stands_on_a_list_with_its_history_without_a_gap() -> None:
    make(SMALL, processes=1)

    assert scalar("select count(*) from tasks_task t where not exists"
                  " (select from verification_listentry e where e.task_id = t.id)") == 0  # fmt: skip
    assert scalar("select count(*) from tasks_task t where version <>"
                  " (select count(*) from tasks_event e where e.task_id = t.id)") == 0  # fmt: skip
    assert scalar("select count(distinct ending) from verification_check") == len(Ending)
    assert scalar("select count(*) from verification_pushedlist where state = 3") > 0


@pytest.mark.django_db(transaction=True)
def test_another_size_is_refused_where_a_city_was_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "_steps", lambda plan: [])
    monkeypatch.setattr(making, "_finish", lambda tell: iter(()))
    make(SMALL, processes=1)

    with pytest.raises(InTheWay, match=r"1,200 people"):
        make(Size(people=1_300, tasks=600, seed=7), processes=1)


def test_the_whole_city_has_the_ages_and_sexes_of_the_census() -> None:
    census = Census(PEOPLE)
    births = [census.birth(number) for number in range(0, PEOPLE, 97)]
    everybody = len(births)

    assert census.men == MEN
    assert len({(one.on, one.sex, one.serial) for one in births}) == everybody
    assert max(one.serial for one in births) < 1000
    for low, high, people in BANDS:
        ages = [(2022 - one.on.year) - ((one.on.month, one.on.day) > (8, 10)) for one in births]
        share = sum(low <= age <= high for age in ages) / everybody
        assert share == pytest.approx(people / PEOPLE, abs=0.003)
