"""Groups that come together: people out of a file, their own hours in a round, and who of them is left."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from shali.foundation.accounts.roles import Role
from shali.foundation.intake.models import Batch
from shali.foundation.intake.services.settle import settle_batch
from shali.foundation.intake.services.undo import undo_batch
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.people.services.merge import decide_merge, propose_merge, undo_merge
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.testing.models import Expected, Group, GroupMember
from shali.testing.queries.groups import PARTS, GroupCame, groups, groups_of_round, members_page
from shali.testing.rules import EXEMPTIONS
from shali.testing.services.groups import Hours, add_members, close_group, make_group, set_hours, take_off
from shali.testing.services.rounds import NotLawful

from .desk import AT, COMMUNITY, DESK, Desk, fill, number_of, open_round, work_off
from .test_desk import morning, signed_in  # noqa: F401 - the hour of the round for the pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return open_round(30)


def a_group(people: list[int], *, name: str = "某校") -> Group:
    with in_scope(DESK):
        made = make_group(scope=DESK, name=name, kind="school", unit=COMMUNITY, by=DESK.name, at=AT)
        assert add_members(group=made, people=people, at=AT) == len(set(people))
    return made


def hours(desk: Desk, group: Group, first: float, last: float, **more: str) -> None:
    starts = desk.round.starts_at
    when = Hours(starts + timedelta(hours=first), starts + timedelta(hours=last), **more)
    with in_scope(DESK):
        set_hours(scope=DESK, made=desk.round.public_id, group=group.public_id, hours=when, by=DESK.name, at=AT)


def stands(desk: Desk, *, later: float = 0) -> list[GroupCame]:
    with in_scope(DESK):
        return groups_of_round(DESK, desk.round.public_id, at=AT + timedelta(hours=later)).page.rows


def test_of_a_group_it_is_known_who_came_and_whose_hours_are_over_stands_on_top(desk: Desk) -> None:
    school, firm = a_group(desk.people[:12]), a_group(desk.people[12:15], name="某厂")
    a_group(desk.people[15:16], name="某院")
    hours(desk, school, 0, 2, site=desk.site.public_id)
    hours(desk, firm, 4, 6)
    device = desk.device()
    fill(device, "T1", range(10))
    device.send(AT)
    work_off()
    with in_scope(system_scope("test")):
        Expected.objects.filter(person_id=desk.people[10]).update(
            exempt=EXEMPTIONS[0], exempt_by=DESK.name, exempt_at=AT
        )

    rows = stands(desk, later=3)

    assert [(one.group.name, one.stands) for one in rows] == [
        ("某校", "overdue"),
        ("某厂", "to_come"),
        ("某院", "none"),
    ]
    late = rows[0]
    assert (late.people, late.sampled, late.excused, late.left) == (12, 10, 1, 1)
    assert (late.site, late.site_name) == (desk.site.public_id, desk.site.name)
    assert next(one.stands for one in stands(desk, later=1)) == "now"
    with in_scope(DESK):
        counted = {
            part: len(members_page(DESK, school.public_id, testing_round=desk.round.public_id, which=part, at=AT).rows)
            for part in PARTS
        }
        assert counted == {"roster": 12, "sampled": 10, "excused": 1, "left": 1}
        left = members_page(DESK, school.public_id, testing_round=desk.round.public_id, which="left", at=AT).rows
        assert [one.person.id_tail for one in left if one.person] == [number_of(11)[-4:]]
        take_off(scope=DESK, group=school.public_id, members=[left[0].id], by=DESK.name, at=AT)
    assert {one.group.name: one.stands for one in stands(desk, later=3)}["某校"] == "done"


def test_whoever_was_taken_off_and_is_named_again_is_of_it_again(desk: Desk) -> None:
    school = a_group(desk.people[:3])
    with in_scope(DESK):
        row = GroupMember.objects.get(person_id=desk.people[0])
        assert take_off(scope=DESK, group=school.public_id, members=[row.pk], by=DESK.name, at=AT) == 1
        assert [one.people for one in groups(DESK).rows] == [2]
        assert add_members(group=school, people=desk.people[:2], at=AT) == 0
        assert [one.people for one in groups(DESK).rows] == [3]


@pytest.mark.parametrize("wrong", [(-1, 2), (3, 2), (10, 13)])
def test_hours_outside_the_round_are_refused(desk: Desk, wrong: tuple[float, float]) -> None:
    school = a_group(desk.people[:3])
    with pytest.raises(WrongInput):
        hours(desk, school, *wrong)


def test_a_closed_group_comes_no_more_and_another_takes_its_name(desk: Desk) -> None:
    school = a_group(desk.people[:3])
    with in_scope(DESK), pytest.raises(WrongInput):
        make_group(scope=DESK, name="某校", kind="school", unit=COMMUNITY, by=DESK.name, at=AT)
    with in_scope(DESK):
        close_group(scope=DESK, group=school.public_id, by=DESK.name, at=AT)
    with pytest.raises(NotLawful):
        hours(desk, school, 0, 2)
    a_group(desk.people[:3])
    assert [one.group.public_id for one in stands(desk)] != [school.public_id]


def test_a_desk_elsewhere_knows_neither_the_group_nor_enters_one_here(desk: Desk) -> None:
    school = a_group(desk.people[:3])
    elsewhere = Scope(path="4111.03", name="post:8")
    with in_scope(elsewhere):
        assert list(groups(elsewhere).rows) == []
        with pytest.raises(NotInScope):
            members_page(elsewhere, school.public_id, at=AT)
        with pytest.raises(WrongInput):
            make_group(scope=elsewhere, name="某厂", kind="enterprise", unit=COMMUNITY, by="post:8", at=AT)


def test_two_records_that_are_one_person_are_one_member_and_come_apart_again(desk: Desk) -> None:
    kept, lost, third = desk.people[:3]
    school = a_group([lost, third])
    city, other = Scope(path="4111", name="post:1"), Scope(path="4111", name="post:2")
    with in_scope(city):
        named = Person.objects.in_bulk([kept, lost])
        proposed = propose_merge(
            scope=city, kept=named[kept].public_id, lost=named[lost].public_id, reason="said_so", by=city.name, at=AT
        )
        decide_merge(scope=other, merge=proposed.public_id, agrees=True, by=other.name, at=AT)
        assert set(GroupMember.objects.filter(group=school).values_list("person_id", flat=True)) == {kept, third}
        undo_merge(scope=city, merge=proposed.public_id, by=city.name, at=AT)
        assert set(GroupMember.objects.filter(group=school).values_list("person_id", flat=True)) == {lost, third}


@pytest.mark.usefixtures("morning")
def test_a_township_enters_a_school_its_people_and_its_hours_on_the_pages(desk: Desk, tmp_path: Path) -> None:
    client = signed_in(Role.TOWNSHIP_DESK, DESK.path)
    unit = Unit.objects.get(path=COMMUNITY)
    made = client.post(reverse("testing:new_group"), {"name": "某校", "kind": "school", "unit": unit.path})
    sheet = tmp_path / "学生.csv"
    sheet.write_text("姓名,身份证号\n" + "".join(f"乌有{n:04d},{number_of(n)}\n" for n in range(4)))
    with sheet.open("rb") as file:
        said = client.post(made["Location"] + "file/", {"file": file})
    assert f'<a href="{made["Location"]}">某校</a>' in client.get(said["Location"]).content.decode()
    with in_scope(system_scope("test")):
        batch = Batch.objects.get()
    assert client.post(reverse("intake:confirm", args=[batch.public_id])).status_code == 302
    settle_batch(batch=batch.pk, at=AT)
    with in_scope(system_scope("test")):
        group = Group.objects.get()
    page = reverse("testing:round_groups", args=[desk.round.public_id])
    given = {"group": group.public_id, "starts_at": "2022-08-11T09:00", "ends_at": "2022-08-11T11:00", "site": ""}
    assert client.post(page + "hours/", given).status_code == 302

    stood = client.get(page).content.decode()
    assert "某校" in stood
    for part in PARTS:  # every number leads to whom it counts
        assert f"{made['Location']}?round={desk.round.public_id}&amp;which={part}" in stood
    assert "…" + number_of(3)[-4:] in client.get(made["Location"] + "?which=left").content.decode()
    [row] = stands(desk, later=2)
    assert (row.people, row.left, row.stands) == (4, 4, "now")

    with in_scope(system_scope("test")):
        undo_batch(scope=system_scope("test"), batch=batch.public_id, by="post:1", at=AT)
    assert stands(desk, later=2)[0].people == 0
