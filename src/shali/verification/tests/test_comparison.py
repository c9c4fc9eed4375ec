"""Lists laid beside each other, and a list that is sent again, mended."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from shali.config import reference
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.journal.models import AccessRecord
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.rules import check_character
from shali.foundation.tasks.models import Task, TaskState
from shali.verification.models import Channel, Ending, ListEntry, PushedList
from shali.verification.queries.compare import compared_page, comparison
from shali.verification.rules import Said, contradictions
from shali.verification.services.comparison import comparison_workbook
from shali.verification.services.receive import HandOver, receive_list
from shali.verification.services.withdraw import NumberChanged, withdraw_gone

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)
DESK = system_scope("test")
YUANHUI = "源汇区马路街街道马路街社区1号楼1单元101"
YANCHENG = "郾城区沙北街道嵩山社区2号楼2单元202"


def person(serial: int, *, address: str = "", phone: str = "", result: str = "") -> list[str]:
    first = f"41119019800{serial % 9 + 1:01d}15{serial:03d}"
    name = "例" + "甲乙丙丁戊己庚辛壬癸"[serial % 10] + "一二三四五六七八九十"[serial // 10 % 10]
    return [name, first + check_character(first), phone or f"140{serial:08d}", address, result]


def push(folder: Path, name: str, rows: list[list[str]], *, hours: float = 1, corrects: str = "") -> PushedList:
    book = openpyxl.Workbook()
    page = book.active
    page.append([f"{name}协查名单"])
    page.append(["姓名", "身份证号", "联系电话", "现住址", "管控状态"])
    for row in rows:
        page.append(row)
    path = folder / f"{name}.xlsx"
    book.save(path)
    at = NOW - timedelta(hours=hours)
    said = HandOver(Channel.PUBLIC_SECURITY, name, "", len(rows), at, "", corrects=corrects)
    with in_scope(DESK):
        one = receive_list(scope=DESK, path=path, file_name=path.name, hand_over=said, by="post:1", at=NOW)
        confirm_batch(scope=DESK, batch=one.batch_public_id, by="post:1", at=NOW, accepts_difference=True)
    settle_batch(batch=one.batch, at=NOW)
    with in_scope(DESK):
        return PushedList.objects.get(pk=one.id)


@pytest.fixture
def city(db, settings, tmp_path) -> Path:
    with in_scope(DESK):
        reference.ensure()
    return tmp_path


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([Said(place="4111.02.001"), Said(place="4111.02.001.003")], ()),
        ([Said(place="4111.02.001"), Said(place="4111.03.001")], ("place",)),
        ([Said(place="4111.02.001"), Said()], ()),
        ([Said(phones=frozenset({"1", "2"})), Said(phones=frozenset({"2"}))], ()),
        ([Said(phones=frozenset({"1"})), Said(phones=frozenset({"2"}))], ("phone",)),
        ([Said(phones=frozenset({"1"})), Said()], ()),
        ([Said(birth_on="1980-01-15"), Said(birth_on="1980-01-16")], ("birth_on",)),
        ([Said(sex="male"), Said(sex="female"), Said()], ("sex",)),
        ([Said(result="居家"), Said(result="集中隔离")], ("result",)),
        ([Said(result="居家"), Said(result="")], ()),
    ],
)
def test_what_one_list_leaves_open_contradicts_nothing(said, found):
    assert contradictions(said) == found


def test_everybody_is_in_one_part_and_contradictions_are_named(city):
    first = push(city, "甲", [person(1, address=YUANHUI), person(2), person(3, result="居家"), person(4)])
    other = push(city, "乙", [person(1, address=YANCHENG), person(3, result="集中隔离"), person(4), person(5)])

    with in_scope(DESK):
        found = comparison(DESK, [first.public_id, other.public_id])
        both = compared_page(DESK, [first.public_id, other.public_id], which="all", at=NOW)
        named = compared_page(DESK, [first.public_id, other.public_id], which="contradictions", at=NOW)

    assert (found.people, found.on_all, found.on_some) == (5, 3, 0)
    assert [one.only_here for one in found.lists] == [1, 1]
    assert found.people == found.on_all + found.on_some + sum(one.only_here for one in found.lists)
    assert both.total == len(both.rows) == 3
    assert [[code for code, _ in row.says] for row in named.rows] == [["place"], ["result"]]
    assert dict(named.rows[1].says)["result"] == ("居家", "集中隔离")


def test_a_person_on_three_lists_is_on_all_and_one_on_two_of_them_on_some(city):
    lists = [
        push(city, "甲", [person(1), person(2)]).public_id,
        push(city, "乙", [person(1), person(2)]).public_id,
        push(city, "丙", [person(1), person(3)]).public_id,
    ]

    with in_scope(DESK):
        found = comparison(DESK, lists)

    assert (found.on_all, found.on_some, [one.only_here for one in found.lists]) == (1, 1, [0, 0, 1])


def test_pages_of_a_comparison_name_everybody_once(city):
    rows = [person(n) for n in range(7)]
    lists = [push(city, "甲", rows).public_id, push(city, "乙", rows).public_id]

    with in_scope(DESK):
        seen, after = [], 0
        while True:
            page = compared_page(DESK, lists, which="all", at=NOW, after=after, size=3)
            seen += [row.person.public_id for row in page.rows]
            if not page.next:
                break
            after = int(page.next)

    assert len(seen) == len(set(seen)) == 7


def test_a_county_compares_only_its_own_people(city, as_web):
    rows = [person(1, address=YUANHUI), person(2, address=YANCHENG)]
    lists = [push(city, "甲", rows).public_id, push(city, "乙", rows).public_id]
    county = system_scope("test", Task.objects.order_by("path").first().path[:7])

    with as_web(), in_scope(county):
        found = comparison(county, lists)

    assert (found.people, found.on_all) == (1, 1)


def test_the_workbook_says_what_the_page_says_masked_and_on_record(city):
    first = push(city, "甲", [person(1, phone="14000000001"), person(2)])
    other = push(city, "乙", [person(1, phone="14100000002"), person(3)])

    with in_scope(DESK):
        made = comparison_workbook(scope=DESK, lists=[first.public_id, other.public_id], by="post:1", at=NOW)
        records = AccessRecord.objects.filter(act="export", purpose="compare_lists").count()

    book = openpyxl.load_workbook(made.content)
    text = " ".join(str(cell.value) for page in book for row in page for cell in row)
    assert [page.max_row - 1 for page in book][1:] == [1, 0, 1, 1, 1]
    assert "14000000001" not in text
    assert person(1)[1] not in text
    assert records == 1


def test_a_corrected_list_restarts_no_clock_and_loses_nobody(city):
    first = push(city, "甲", [person(1), person(2), person(3)], hours=20)
    due = {task.subject_id: task.due_at for task in Task.objects.all()}
    again = push(city, "甲改", [person(2), person(3), person(4)], hours=1, corrects=first.public_id)

    with in_scope(DESK):
        found = comparison(DESK, [first.public_id, again.public_id])
        still_open = Task.objects.exclude(state=TaskState.CLOSED)

        assert found.corrects
        assert ([one.only_here for one in found.lists], found.on_all) == ([1, 1], 2)
        assert still_open.count() == 4
        assert all(task.due_at == due.get(task.subject_id, again.due_at) for task in still_open)


def test_the_question_is_taken_back_for_those_who_are_gone_by_the_number_typed(city):
    first = push(city, "甲", [person(1), person(2), person(3)], hours=20)
    again = push(city, "甲改", [person(2), person(3)], corrects=first.public_id)

    with in_scope(DESK):
        with pytest.raises(NumberChanged):
            withdraw_gone(scope=DESK, correction=again.public_id, count=2, by="post:1", at=NOW)
        withdraw_gone(scope=DESK, correction=again.public_id, count=1, by="post:1", at=NOW)

        taken_back = ListEntry.objects.filter(ending=Ending.WITHDRAWN)
        assert [entry.pushed_list_id for entry in taken_back] == [first.pk]
        assert Task.objects.get(pk=taken_back[0].task_id).outcome == "withdrawn"
        assert Task.objects.exclude(state=TaskState.CLOSED).count() == 2


def test_whoever_is_gone_from_one_list_and_asked_for_by_another_stays_open(city):
    first = push(city, "甲", [person(1), person(2)], hours=20)
    push(city, "第三方", [person(1)], hours=2)
    again = push(city, "甲改", [person(2)], corrects=first.public_id)

    with in_scope(DESK):
        withdraw_gone(scope=DESK, correction=again.public_id, count=1, by="post:1", at=NOW)

        assert Task.objects.exclude(state=TaskState.CLOSED).count() == 2
