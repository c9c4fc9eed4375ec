"""The tree changes by dated documents and two persons, and every row goes along."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, transaction

from shali.config import reference
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.queries import active_posts
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.jurisdictions.models import ChangeKind, Unit, UnitChange
from shali.foundation.jurisdictions.moving import common_parent
from shali.foundation.jurisdictions.reference import divisions
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.jurisdictions.services.changes import (
    NeedsAnother,
    Proposal,
    apply_due_changes,
    approve_change,
    decline_change,
    propose_change,
)
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task
from shali.foundation.ui.refusal import WrongInput
from shali.verification.models import ListEntry, ListState, ListTally, PushedList
from shali.verification.queries.tallies import differences

AT = datetime(2022, 8, 10, 9, 0, tzinfo=timezone(timedelta(hours=8)))
DAY = AT.date()
CITY = Scope("4111", "post:1")


@pytest.fixture
def tree(db: None) -> None:
    reference.ensure()


def _change(kind: ChangeKind, unit: str, *, day: date = DAY, approve: bool = True, **rest: str) -> UnitChange:
    asked = Proposal(unit=unit, kind=kind, effective_on=day, basis="漯政〔2022〕17号", **rest)
    change = propose_change(scope=CITY, asked=asked, by="post:1", at=AT, person=1)
    if approve:
        approve_change(scope=CITY, change=change.pk, by="post:2", at=AT, person=2)
    return change


def _task(unit: Unit) -> Task:
    person = Person.objects.create(unit=unit, path=unit.path, source="test", enrolled_at=AT, name_sealed=b"")
    return Task.objects.create(
        kind="verification", unit=unit, path=unit.path, giver_path="4111", subject=person, version=1,
        handed_over_at=AT, due_at=AT + timedelta(hours=24), rule="test",
    )  # fmt: skip


def _post(unit: Unit) -> Post:
    user = add_user(username=f"worker-{unit.code}", name="某某", at=AT)
    return give_post(user=user, role=Role.COMMUNITY_WORKER, unit=unit, scope=None, by="system:test", at=AT, days=30)


def test_published_divisions_are_one_city_six_counties_58_townships_and_1334_villages_and_communities() -> None:
    levels = [one.level for one in divisions()]

    assert [levels.count(level) for level in (1, 2, 3, 4)] == [1, 6, 58, 1334]


@pytest.mark.usefixtures("tree")
def test_moved_township_takes_its_communities_people_tasks_and_posts_along() -> None:
    community = Unit.objects.filter(level=4, path__startswith="4111.02.").first()
    assert community
    township, county = Unit.objects.get(pk=community.parent_id), Unit.objects.get(path="4111.03")
    task, post = _task(community), _post(community)

    _change(ChangeKind.MOVE, township.path, parent="4111.03")
    assert apply_due_changes(on=DAY, at=AT) == 1

    township.refresh_from_db()
    community.refresh_from_db()
    assert (township.parent_id, community.parent_id) == (county.pk, township.pk)
    assert township.path.startswith("4111.03.")
    assert community.path.startswith(township.path + ".")
    task.refresh_from_db()
    assert (task.path, task.subject.path, task.unit_id) == (community.path, community.path, community.pk)
    # Rights are read from the post for each request: they follow at once.
    assert [one.path for one in active_posts(post.user_id, at=AT)] == [community.path]


@pytest.mark.usefixtures("tree")
def test_closed_community_hands_its_people_tasks_and_posts_to_its_successor_and_stays() -> None:
    closing, heir = Unit.objects.filter(level=4, path__startswith="4111.02.").order_by("path")[:2]
    task, post = _task(closing), _post(closing)

    _change(ChangeKind.CLOSE, closing.path, successor=heir.path)
    apply_due_changes(on=DAY, at=AT)

    closing.refresh_from_db()
    task.refresh_from_db()
    post.refresh_from_db()
    assert closing.closed_on == DAY
    assert (task.unit_id, task.path, task.subject.unit_id, post.unit_id, post.path) == (
        heir.pk, heir.path, heir.pk, heir.pk, heir.path,
    )  # fmt: skip


@pytest.mark.usefixtures("tree")
def test_change_waits_for_its_day_and_is_made_once() -> None:
    change = _change(ChangeKind.RENAME, "4111.02", day=DAY + timedelta(days=1), name="新源区")

    assert apply_due_changes(on=DAY, at=AT) == 0
    assert apply_due_changes(on=DAY + timedelta(days=1), at=AT) == 1
    assert apply_due_changes(on=DAY + timedelta(days=1), at=AT) == 0
    change.refresh_from_db()
    assert (change.old_name, Unit.objects.get(path="4111.02").name) == ("源汇区", "新源区")


@pytest.mark.usefixtures("tree")
def test_opened_community_stands_below_its_township_with_a_path_of_its_own() -> None:
    township = Unit.objects.filter(level=3).order_by("path").first()
    assert township

    change = _change(ChangeKind.OPEN, township.path, name="新城社区", name_en="Xincheng Community")
    apply_due_changes(on=DAY, at=AT)

    change.refresh_from_db()
    assert change.opened
    assert (change.opened.parent_id, change.opened.level, change.opened.opened_on) == (township.pk, 4, DAY)
    assert change.opened.path.startswith(township.path + ".")


@pytest.mark.usefixtures("tree")
def test_one_person_with_two_posts_does_not_approve_his_own_change_and_the_database_says_so_too() -> None:
    change = _change(ChangeKind.RENAME, "4111.02", approve=False, name="新源区")

    with pytest.raises(NeedsAnother):
        approve_change(scope=CITY, change=change.pk, by="post:9", at=AT, person=1)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        UnitChange.objects.filter(pk=change.pk).update(approved_by="post:9", approved_at=AT, approver=1)
    with pytest.raises(IntegrityError, match="two_persons"), transaction.atomic():
        UnitChange.objects.filter(pk=change.pk).update(approved_by="post:1", approved_at=AT)


@pytest.mark.usefixtures("tree")
def test_declined_change_is_approved_by_nobody() -> None:
    change = _change(ChangeKind.RENAME, "4111.02", approve=False, name="新源区")
    decline_change(scope=CITY, change=change.pk, by="post:1", at=AT)

    with pytest.raises(NeedsAnother):
        approve_change(scope=CITY, change=change.pk, by="post:2", at=AT, person=2)
    assert apply_due_changes(on=DAY, at=AT) == 0


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("kind", "unit", "rest"),
    [
        (ChangeKind.MOVE, "4111.02", {"parent": "4111"}),
        (ChangeKind.CLOSE, "4111.02", {"successor": "4111.03"}),
        (ChangeKind.MOVE, "4111.02.001", {"parent": "4111.02"}),
        (ChangeKind.MOVE, "4111.02.001", {"parent": "4111.03.001"}),
        (ChangeKind.CLOSE, "4111.02.001", {"successor": "4111.02.002"}),
        (ChangeKind.OPEN, "4111", {"name": "新区"}),
        (ChangeKind.RENAME, "4111.02", {"name": " "}),
    ],
)
def test_change_that_would_break_the_tree_is_refused_in_words(
    kind: ChangeKind, unit: str, rest: dict[str, str]
) -> None:
    with pytest.raises(WrongInput):
        _change(kind, unit, **rest)


def test_common_parent_is_the_lowest_unit_that_holds_all() -> None:
    assert common_parent(["4111.02.001.003", "4111.02.002"]) == "4111.02"
    assert common_parent(["4111.02.001", "4111.03", ""]) == "4111"


@pytest.mark.usefixtures("tree")
def test_after_200_random_changes_every_path_is_its_parents_and_no_row_is_lost(
    as_worker: Callable[[], AbstractContextManager[None]],
) -> None:
    draw = random.Random(8)
    pushed = PushedList.objects.create(
        path="4111", channel=1, sender="test", day=DAY, number=1, handed_over_at=AT, received_at=AT,
        received_by="system:test", due_at=AT + timedelta(hours=24), rule="test", state=ListState.OPEN,
    )  # fmt: skip
    for unit in Unit.objects.filter(level=4).order_by("path")[::20]:
        task = _task(unit)
        ListEntry.objects.create(pushed_list=pushed, person=task.subject, task=task, due_at=task.due_at)
        _post(unit)
    before = {model: model.objects.count() for model in (Person, Task, ListEntry, Post)}

    kinds: list[ChangeKind] = []
    while len(kinds) < 200:
        kind = draw.choice(list(ChangeKind))
        try:
            _random_change(draw, kind)
        except WrongInput:
            continue
        with as_worker(), in_scope(system_scope("units")):
            assert apply_due_changes(on=DAY, at=AT) == 1
        kinds.append(kind)

    assert set(kinds) == set(ChangeKind)
    units = {unit.pk: unit for unit in Unit.objects.all()}
    for unit in units.values():
        if unit.parent_id:
            assert unit.path.rpartition(".")[0] == units[unit.parent_id].path
            assert unit.level == units[unit.parent_id].level + 1
    assert {model: model.objects.count() for model in before} == before
    for model in (Person, Task, Post):
        assert [row.pk for row in model.objects.select_related("unit") if row.path != row.unit.path] == []
        assert not model.objects.filter(unit__closed_on__isnull=False).exists()
    assert differences(system_scope("test")) == {}
    assert sum(ListTally.objects.filter(grain=1).values_list("people", flat=True)) == before[ListEntry]


def _random_change(draw: random.Random, kind: ChangeKind) -> None:
    level = draw.choice((3, 4, 4))
    open_units = list(Unit.objects.filter(closed_on=None, level=level).values_list("path", flat=True))
    unit = draw.choice(open_units)
    above = list(Unit.objects.filter(closed_on=None, level=level - 1).values_list("path", flat=True))
    rest = {
        ChangeKind.RENAME: {"name": f"改名{draw.random()}"},
        ChangeKind.MOVE: {"parent": draw.choice(above)},
        ChangeKind.OPEN: {"name": "新设社区"},
        ChangeKind.CLOSE: {"successor": draw.choice(open_units)},
    }[kind]
    _change(kind, draw.choice(above) if kind == ChangeKind.OPEN else unit, **rest)
