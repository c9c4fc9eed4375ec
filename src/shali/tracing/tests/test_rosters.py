"""How people come onto a roster: a file of people, one of visits with their hours, a case's contacts, by hand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from shali.foundation.intake.models import Batch, BatchState
from shali.foundation.intake.reading import visit_columns
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.intake.services.undo import undo_batch
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.ui.refusal import WrongInput
from shali.tracing.bridge import read_hours
from shali.tracing.models import Exposure, Member
from shali.tracing.services.contacts import Line, Meeting, enter_contacts, withdraw_relationship
from shali.tracing.services.exposures import Event, answer_member, ask_again, open_exposure
from shali.tracing.services.history import NotLawful
from shali.tracing.services.persons import Named
from shali.tracing.services.rosters import PeopleAsked, add_by_hand, add_told, receive_roster

from .desk import AT, CITY, a_case, number_of, people, ready

pytestmark = pytest.mark.django_db
ENTRY, EXIT = "进入时间", "离开时间"


def open_hall(case: str = "") -> Exposure:
    """Open an exposure in a hall from 9 to 12 o'clock of the day before."""
    unit = Unit.objects.filter(level=4, path__startswith="4111.02").order_by("path")[0]
    day = AT - timedelta(days=1)
    with in_scope(CITY):
        event = Event("某门诊大厅", unit.path, "same_space", day, day + timedelta(hours=3), case)
        return open_exposure(scope=CITY, event=event, by=CITY.name, at=AT)


def take(exposure: Exposure, folder: Path, rows: list[list[str]], *, holds: str) -> None:
    """Receive, confirm and settle a roster's file; each row: number of one of the people, and more cells."""
    book = Workbook()
    sheet = book.active
    sheet.append(["姓名", "身份证号", ENTRY, EXIT])
    for row in rows:
        sheet.append(row)
    path = folder / "到访.xlsx"
    book.save(path)
    with in_scope(CITY):
        batch = receive_roster(
            scope=CITY, exposure=exposure.public_id, path=path, file_name=path.name, by=CITY.name, at=AT, holds=holds
        )
        confirm_batch(scope=CITY, batch=batch, by=CITY.name, at=AT)
        number = Batch.objects.get(public_id=batch).pk
    settle_batch(batch=number, at=AT)


def visit(place: int, came: str, left: str = "") -> list[str]:
    return [f"乌有{place:03d}", number_of(place), came, left]


def on_roster(exposure: Exposure) -> list[tuple[int, str]]:
    with in_scope(CITY):
        return list(Member.objects.filter(exposure=exposure).order_by("id").values_list("person_id", "came_by"))


def test_of_visits_those_that_touch_the_window_come_onto_the_roster(tmp_path: Path) -> None:
    ready()
    who = people(6)
    hall = open_hall()
    take(
        hall,
        tmp_path,
        [
            visit(0, "2022-08-09 08:00", "2022-08-09 09:30"),  # there when it began
            visit(1, "2022年8月9日11时40分"),  # a scan: nobody wrote when he went
            visit(2, "2022-08-09 12:30", "2022-08-09 13:00"),  # after it
            visit(3, "2022/8/8"),  # the whole day before
            visit(4, "上午"),  # nobody can tell
            visit(5, "2022-08-09"),  # that day, at an hour that nobody wrote down
        ],
        holds="visits",
    )

    assert on_roster(hall) == [(who[n], "visits") for n in (0, 1, 4, 5)]
    hall.refresh_from_db()
    assert (hall.visits_outside, hall.visits_unclear) == (2, 1)


def test_a_second_visit_within_the_window_counts_though_its_row_is_a_repeat(tmp_path: Path) -> None:
    ready()
    who = people(2)
    hall = open_hall()
    rows = [
        visit(0, "2022-08-01 10:00"),
        visit(0, "2022-08-09 10:00"),
        visit(0, "2022-08-09 11:00"),
        visit(1, "2022-08-02 10:00"),
    ]
    take(hall, tmp_path, rows, holds="visits")

    assert on_roster(hall) == [(who[0], "visits")]
    hall.refresh_from_db()
    assert hall.visits_outside == 2


def test_of_a_file_of_people_everybody_is_on_the_roster_whatever_hours_stand_there(tmp_path: Path) -> None:
    ready()
    who = people(2)
    hall = open_hall()
    take(hall, tmp_path, [visit(0, "2022-08-01 10:00"), visit(1, "")], holds="people")

    assert on_roster(hall) == [(one, "file") for one in who]


def test_a_file_whose_people_are_asked_is_not_undone_and_one_that_put_nobody_on_is(tmp_path: Path) -> None:
    ready()
    who = people(2)
    asked, empty = open_hall(), open_hall()
    take(asked, tmp_path, [visit(0, "2022-08-09 10:00")], holds="visits")
    take(empty, tmp_path, [visit(1, "2022-08-01 10:00")], holds="visits")
    with in_scope(CITY):
        for hall in (asked, empty):
            hall.refresh_from_db()
        with pytest.raises(PeopleAsked):
            undo_batch(scope=CITY, batch=asked.batch.public_id, by=CITY.name, at=AT)
        undo_batch(scope=CITY, batch=empty.batch.public_id, by=CITY.name, at=AT)
        for hall in (asked, empty):
            hall.refresh_from_db()

    assert on_roster(asked) == [(who[0], "visits")]
    assert (asked.batch.state, empty.batch) == (BatchState.SETTLED, None)


def test_what_a_row_is_must_be_said(tmp_path: Path) -> None:
    ready()
    hall = open_hall()
    with pytest.raises(WrongInput):
        take(hall, tmp_path, [], holds="")


def test_people_named_by_hand_are_found_in_the_register_or_enrolled_and_put_on_once() -> None:
    ready()
    known = people(1)[0]
    hall = open_hall()
    lines = [
        Named("乌有000", document=number_of(0)),
        Named("子虚", phone="14455550000"),
        Named("乌有000", document=number_of(0)),
    ]
    with in_scope(CITY):
        assert add_by_hand(scope=CITY, exposure=hall.public_id, lines=lines, by=CITY.name, at=AT) == 2
        assert add_by_hand(scope=CITY, exposure=hall.public_id, lines=lines, by=CITY.name, at=AT) == 0

    assert [came for _person, came in on_roster(hall)] == ["hand", "hand"]
    assert known in [person for person, _came in on_roster(hall)]


def test_whom_the_case_met_in_the_window_is_taken_over_and_nobody_else() -> None:
    ready()
    infected, there, before, withdrawn = people(4)
    case = a_case(infected)
    hall = open_hall(case.public_id)
    hour = AT - timedelta(days=1) + timedelta(hours=1)
    with in_scope(CITY):
        for person, first in ((there, hour), (before, hour - timedelta(days=1)), (withdrawn, hour)):
            meeting = Meeting(first, first + timedelta(minutes=20), "shared_meal")
            enter_contacts(scope=CITY, case=case.public_id, lines=[Line(person, meeting)], by=CITY.name, at=AT)
        wrong = case.relationships.get(contact__person_id=withdrawn)
        withdraw_relationship(scope=CITY, relationship=wrong.public_id, why="other_person", by=CITY.name, at=AT)

        assert add_told(scope=CITY, exposure=hall.public_id, by=CITY.name, at=AT) == 1

    assert on_roster(hall) == [(there, "told")]


def test_a_roster_that_is_frozen_takes_nobody_and_without_a_case_there_is_nobody_to_take_over() -> None:
    ready()
    guests = people(2)
    hall = open_hall()
    with in_scope(CITY):
        add_by_hand(scope=CITY, exposure=hall.public_id, lines=guests, by=CITY.name, at=AT)
        answer_member(scope=CITY, member=hall.members.first().pk, answer="was_there", by=CITY.name, at=AT)
        again = ask_again(scope=CITY, exposure=hall.public_id, by=CITY.name, at=AT)

        with pytest.raises(NotLawful):
            add_by_hand(scope=CITY, exposure=again.public_id, lines=guests, by=CITY.name, at=AT)
        with pytest.raises(NotLawful):
            add_told(scope=CITY, exposure=hall.public_id, by=CITY.name, at=AT)


@pytest.mark.parametrize(
    ("headings", "came", "left"),
    [
        (["姓名", "出生日期", "就诊时间", "科室"], "就诊时间", ""),
        (["姓名", "扫码时间", "登记人"], "扫码时间", ""),
        (["name", "date of birth", "Check-in", "Check-out"], "Check-in", "Check-out"),
        (["姓名", "上车时间", "下车时间", "采样时间"], "上车时间", "下车时间"),
        (["姓名", "电话"], "", ""),
    ],
)
def test_the_columns_of_coming_and_leaving_are_found_by_their_words(headings: list[str], came: str, left: str) -> None:
    assert visit_columns(headings) == (came, left)


def test_hours_are_read_by_the_citys_clock_unless_they_name_a_zone() -> None:
    texts = [
        "2022-08-09 10:30",
        "2022-08-09T10:30:00Z",
        "２０２２-08-09 10:30",
        "2022年8月9日10时30分",
        "2022年8月9日10时",
    ]
    texts += ["some time", ""]

    assert read_hours(texts, zone="Asia/Shanghai") == [
        datetime(2022, 8, 9, 2, 30, tzinfo=UTC),
        datetime(2022, 8, 9, 10, 30, tzinfo=UTC),
        datetime(2022, 8, 9, 2, 30, tzinfo=UTC),
        datetime(2022, 8, 9, 2, 30, tzinfo=UTC),
        datetime(2022, 8, 9, 2, 0, tzinfo=UTC),
        None,
        None,
    ]
    assert read_hours(["2022-08-09"], zone="Asia/Shanghai", end_of_day=True) == [datetime(2022, 8, 9, 16, tzinfo=UTC)]
