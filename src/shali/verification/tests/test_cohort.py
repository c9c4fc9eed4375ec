"""Whom a look-back asks again: several lists, a channel and its days, or the people of a filter; as many as said."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from shali.config import reference
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.accounts.services.tokens import make_token
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.people.services.enrol import NewPerson, enrol_people
from shali.foundation.tasks.models import Task
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.foundation.ui import paging
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.verification.models import Channel, Check, ListEntry, ListState, LookBack, PushedList
from shali.verification.queries.cohort import Cohort, cohort_checks, cohort_lists
from shali.verification.queries.look_back import differences, rounds
from shali.verification.rules import Fact
from shali.verification.services.freeze import NobodyToAsk, OthersNow, freeze_cohort
from shali.verification.tests.test_look_back import CITY, FIRST, LEAD, NOW, say, strike_off, tasks_of

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
UNITS = ("4111.02.001.001", "4111.02.002.001")


@dataclass
class Desk:
    """Three lists: two of the hospital on following days, one of the police; two people of two townships on each."""

    lists: list[PushedList]
    post: Post

    def client(self) -> Client:
        client = Client()
        client.force_login(self.post.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def program(self) -> Client:
        verbs = Role.by_code(self.post.role).verbs
        made = make_token(post=self.post, name="流水线", verbs=verbs, days=1, by="system:test", at=NOW)
        return Client(headers={"Authorization": f"Bearer {made.token}"})


@pytest.fixture
def desk(db: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    with in_scope(CITY):
        reference.ensure()
        lists = [
            _list(number, channel, days)
            for number, (channel, days) in enumerate(
                ((Channel.HOSPITAL, 0), (Channel.HOSPITAL, 1), (Channel.PUBLIC_SECURITY, 1)), start=1
            )
        ]
        # One of the first list was found elsewhere than all others.
        monkeypatch.setitem(FIRST, Fact.LOCATED, "in_hospital")
        strike_off(Task.objects.get(path=UNITS[0], list_entries__pushed_list=lists[0]))
        monkeypatch.undo()
        for task in Task.objects.exclude(state=3).order_by("id"):
            strike_off(task)
        user = add_user(username="duty", name="某值班", at=NOW, language="en")
        city = Unit.objects.get(path="4111")
        return Desk(lists, give_post(user=user, role=Role.CITY_DUTY, unit=city, scope=None, by="system:test", at=NOW))


def _list(number: int, channel: Channel, days: int) -> PushedList:
    at = NOW + timedelta(days=days) - timedelta(days=2)
    pushed = PushedList.objects.create(
        path="4111", channel=channel, sender="某单位", day=at.date(), number=number, handed_over_at=at, received_at=at,
        received_by="post:1", due_at=at + timedelta(hours=24), rule="verification@test", state=ListState.OPEN,
    )  # fmt: skip
    units = [Unit.objects.get(path=path) for path in UNITS]
    names = [NewPerson(name=f"例{number}{unit.pk}", unit=unit.pk, path=unit.path) for unit in units]
    people = enrol_people(names, source="test", at=at)
    new = [
        NewTask("verification", unit.pk, person, "4111", at, pushed.due_at, pushed.rule)
        for unit, person in zip(units, people, strict=True)
    ]
    for person, opened in zip(people, open_tasks(new, by="test", at=at), strict=True):
        Check.objects.create(task_id=opened.task, attempts_required=3)
        ListEntry.objects.create(pushed_list=pushed, person_id=person, task_id=opened.task, due_at=pushed.due_at)
    return pushed


def count(cohort: Cohort) -> int:
    with in_scope(CITY):
        return cohort_checks(CITY, cohort, cohort_lists(CITY, cohort), at=LATER).count()


def freeze(cohort: Cohort, people: int | None) -> LookBack:
    with in_scope(CITY):
        return freeze_cohort(scope=CITY, cohort=cohort, people=people, by=LEAD, at=LATER)


def test_each_part_narrows_the_choice(desk: Desk) -> None:
    first, second, _third = (one.public_id for one in desk.lists)
    days = [one.day for one in desk.lists]

    assert count(Cohort()) == 6
    assert count(Cohort(lists=(first, second))) == 4
    assert count(Cohort(channel=Channel.HOSPITAL)) == 4
    assert count(Cohort(since=days[1], until=days[1])) == 4
    assert count(Cohort(channel=Channel.HOSPITAL, since=days[1])) == 2
    assert count(Cohort(channel=Channel.ANOTHER_CITY)) == 0
    assert count(Cohort(unit="4111.02.001")) == 3
    assert count(Cohort(fact=Fact.LOCATED, answer="in_hospital")) == 1
    assert count(Cohort(unit="4111.02.002", fact=Fact.LOCATED, answer="in_hospital")) == 0


@pytest.mark.parametrize(
    ("cohort", "refused"),
    [
        (Cohort(unit="4112"), NotInScope),
        (Cohort(lists=("zzzzzzzzzzzz",)), NotInScope),
        (Cohort(fact=3, answer="nowhere"), WrongInput),
        (Cohort(answer="at_home"), WrongInput),
    ],
)
def test_what_names_nothing_is_refused_and_never_means_everybody(
    desk: Desk, cohort: Cohort, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        freeze(cohort, 6)
    assert not LookBack.objects.exists()


def test_a_round_asks_as_many_as_were_shown_or_nobody(desk: Desk) -> None:
    with pytest.raises(OthersNow):
        freeze(Cohort(channel=Channel.HOSPITAL), 5)
    with pytest.raises(NobodyToAsk):
        freeze(Cohort(channel=Channel.ANOTHER_CITY), 0)
    assert not LookBack.objects.exists()

    made = freeze(Cohort(channel=Channel.HOSPITAL, fact=Fact.LOCATED, answer="at_home"), 3)

    assert made.people == len(tasks_of(made)) == 3
    assert made.chosen == {"channel": Channel.HOSPITAL, "fact": 3, "answer": "at_home"}
    assert set(made.lists) == {one.public_id for one in desk.lists[:2]}


def test_rounds_and_differences_go_on_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE", 2)
    made = [freeze(Cohort(lists=(one.public_id,)), 2) for one in desk.lists]
    with in_scope(CITY):
        first = rounds(CITY)
        rest = rounds(CITY, after=first.next)
        shown = [row.public_id for page in (first, rest) for row in page.rows]
        assert shown == [one.public_id for one in made]
        assert (first.total, first.rows[0].people, rounds(CITY, closed=True).rows) == (3, 2, [])
        for task in tasks_of(made[0]):
            say(task, {"located": "at_isolation_site", "counted": "household_4"})
        page = differences(CITY, made[0].public_id, at=LATER, settled=False)
        following = differences(CITY, made[0].public_id, at=LATER, settled=False, after=page.next)
        assert (len(page.rows), len(following.rows), following.next) == (2, 2, "")


def test_on_the_page_it_is_counted_first_and_frozen_under_that_number(desk: Desk) -> None:
    client, address = desk.client(), "/verification/look-backs/choose/"
    chosen = {"channel": str(int(Channel.HOSPITAL)), "unit": "4111", "finding": "3:at_home"}
    with time_machine.travel(LATER, tick=False):
        assert "would be asked again" not in client.get(address).content.decode()
        assert "3 people would be asked again" in client.get(address, {**chosen, "count": "1"}).content.decode()

        assert client.post(address, chosen).status_code == 422
        assert client.post(address, {**chosen, "people": "4"}).status_code == 409
        assert client.get(address, {"since": "yesterday"}).status_code == 422
        assert not LookBack.objects.exists()

        done = client.post(address, {**chosen, "people": "3"}, follow=True).content.decode()
        assert "Frozen: 3 people" in done
        assert "At home" in done
        assert LookBack.objects.get().public_id in client.get("/verification/look-backs/").content.decode()


def test_a_program_counts_and_freezes(desk: Desk) -> None:
    client, address = desk.program(), "/api/v1/verification/look-backs"

    def send(body: dict[str, Any], key: str) -> Any:
        return client.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})

    with time_machine.travel(LATER, tick=False):
        asked = {"channel": int(Channel.HOSPITAL), "fact": 3, "answer": "at_home"}
        found = client.get(f"{address}/cohort", asked).json()
        assert (found["people"], len(found["lists"])) == (3, 2)
        assert send(asked, "without-a-number").status_code == 422
        assert send({}, "nothing-said-at-all").status_code == 422
        assert send({**asked, "people": 2}, "another-number").status_code == 409
        assert send({**asked, "people": 3}, "the-number-shown").status_code == 200
        assert send({"lists": [desk.lists[2].public_id]}, "a-list-by-name").status_code == 200
        assert client.get(address).json()["total"] == 2
