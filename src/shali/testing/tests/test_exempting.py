"""Exempt by the rules of a round, by a filter in one act, and taken back on record; the numbers agree all the while."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.sealing import seal
from shali.testing.models import Expected, Round, TakenBack
from shali.testing.queries.balance import balance, recounted
from shali.testing.queries.exempting import rules_of_the_day
from shali.testing.queries.left import left_page
from shali.testing.queries.narrowed import Narrow, lines_of
from shali.testing.queries.tallies import differences
from shali.testing.rules.exempting import Known, exempt_by, is_aged, months_old
from shali.testing.services.groups import add_members, make_group
from shali.testing.services.left import (
    exempt_narrowed,
    exempt_people,
    name_missing,
    take_back_exemptions,
    visit_at_home,
)
from shali.testing.services.rounds import NotLawful, Plan, freeze_roster, plan_round

from .desk import AT, COMMUNITY, DESK, Desk, fill, open_round, work_off
from .test_desk import morning, signed_in  # noqa: F401  # a fixture
from .test_results import refusal_of

CITY = Scope(path="4111", name="post:9")
TODAY = date(2022, 8, 11)
RULES = {"months": 24, "positive_days": 90, "isolated": 1}


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Known(), ""),
        (Known(born_on=date(2020, 8, 12)), "rule_age"),  # two tomorrow
        (Known(born_on=date(2020, 8, 11)), ""),  # two today
        (Known(positive_on=date(2022, 5, 13)), "rule_positive"),  # ninety days ago
        (Known(positive_on=date(2022, 5, 12)), ""),
        (Known(born_on=TODAY, positive_on=TODAY, is_isolated=True), "rule_isolated"),
    ],
)
def test_who_is_exempt_by_the_rules_of_a_round(known: Known, said: str) -> None:
    assert exempt_by(RULES, known, on=TODAY) == said
    assert exempt_by({"months": 0}, known, on=TODAY) == ""


def test_months_and_years_are_counted_to_the_day() -> None:
    assert [months_old(date(2022, 1, 31), day) for day in (date(2022, 2, 28), date(2022, 3, 31))] == [0, 2]
    assert [is_aged(date(1952, 8, day), TODAY, first=70, last=None) for day in (11, 12)] == [True, False]
    assert not is_aged(None, TODAY, first=0, last=130), "of whom no birthday is known has no age"


def born(person: int, day: date) -> None:
    sealed = seal(day.isoformat(), table="people_person", column="birth", row=person)
    with in_scope(system_scope("test")):
        Person.objects.filter(pk=person).update(birth_sealed=sealed)


def lines(desk: Desk, places: list[int]) -> list[int]:
    with in_scope(system_scope("test")):
        named = dict(Expected.objects.filter(round=desk.round).values_list("person_id", "pk"))
    return [named[desk.people[place]] for place in places]


@dataclass
class Named:
    """The keywords that every act has."""

    desk: Desk

    def __call__(self, **more: object) -> dict[str, object]:
        return {"scope": DESK, "made": self.desk.round.public_id, "by": DESK.name, "at": AT, **more}


@pytest.mark.django_db
def test_a_roster_is_drawn_with_its_rules_and_each_line_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_round(6)
    born(first.people[1], TODAY - timedelta(days=300))
    with in_scope(system_scope("test")):
        Expected.objects.filter(person_id=first.people[2]).update(standing=5, sampled_at=AT - timedelta(days=20))
    monkeypatch.setattr(
        "shali.testing.queries.exempting.in_force",
        lambda _scope, people, _at: {one: (_Held(),) for one in people if one == first.people[3]},
    )
    with in_scope(CITY):
        plan = Plan((DESK.path,), AT, AT + timedelta(hours=12))
        made = plan_round(scope=CITY, plan=plan, by=CITY.name, at=AT)
    assert made.exempt_rules == rules_of_the_day(CITY, AT) == RULES
    freeze_roster(made=made.pk, by=CITY.name, at=AT)

    with in_scope(system_scope("test")):
        said = dict(Expected.objects.filter(round=made).values_list("person_id", "exempt"))
        assert set(Expected.objects.filter(round=made).exclude(exempt="").values_list("exempt_by", "exempt_at")) == {
            (CITY.name, AT)
        }
        counted = recounted(system_scope("test"), made.pk)
    assert [said[one] for one in first.people] == ["", "rule_age", "rule_positive", "rule_isolated", "", ""]
    assert (counted.roster, counted.exempt, counted.not_sampled, counted.people_off_by) == (6, 3, 3, 0)
    assert "they stay" in refusal_of(f"update testing_round set exempt_rules = '{{}}' where id = {made.pk}")


@dataclass(frozen=True)
class _Held:
    kind: str = "central_isolation"


@pytest.mark.django_db
def test_rules_that_are_none_are_refused() -> None:
    open_round(1)
    for wrong in ({"months": -1}, {"months": 999}, {"shoe_size": 40}):
        plan = Plan((DESK.path,), AT, AT + timedelta(hours=1), 10, wrong)
        with in_scope(CITY), pytest.raises(WrongInput):
            plan_round(scope=CITY, plan=plan, by=CITY.name, at=AT)


@pytest.mark.django_db
def test_all_of_a_group_and_an_age_are_exempt_in_one_act() -> None:
    desk = open_round(12)
    named = Named(desk)
    for place in range(12):
        born(desk.people[place], date(1930 + 5 * place, 1, 1))
    with in_scope(DESK):
        group = make_group(scope=DESK, name="某院", kind="institution", unit=COMMUNITY, by=DESK.name, at=AT)
        add_members(group=group, people=desk.people[:6], at=AT)
        old = Narrow(group=group.public_id, first=80)
        assert lines_of(DESK, desk.round.public_id, old, at=AT) == lines(desk, [0, 1, 2])
        with pytest.raises(NotLawful, match=r"3.*4"):
            exempt_narrowed(**named(wanted=old, count=4, why="medical"))
        with pytest.raises(WrongInput):
            exempt_narrowed(**named(wanted=Narrow(unit=COMMUNITY), count=12, why="medical"))
        with pytest.raises(WrongInput):
            exempt_narrowed(**named(wanted=old, count=3, why="rule_age"))
        assert exempt_narrowed(**named(wanted=old, count=3, why="medical")) == 3
        assert lines_of(DESK, desk.round.public_id, old, at=AT) == []
        assert lines_of(DESK, desk.round.public_id, Narrow(first=37, last=42), at=AT) == lines(desk, [10, 11])
        with pytest.raises(WrongInput):
            lines_of(DESK, desk.round.public_id, Narrow(first=40, last=30), at=AT)


@pytest.mark.django_db
def test_an_exemption_is_taken_back_on_record_and_its_person_is_left_again() -> None:
    desk = open_round(4)
    named = Named(desk)
    with in_scope(DESK):
        exempt_people(**named(people=lines(desk, [0, 1]), why="medical"))
        with pytest.raises(WrongInput):
            take_back_exemptions(**named(people=lines(desk, [0]), why="because"))
        assert take_back_exemptions(**named(people=lines(desk, [0, 2]), why="mistake")) == 1
        assert take_back_exemptions(**named(people=lines(desk, [0]), why="mistake")) == 0
        page = left_page(DESK, desk.round.public_id, "left", at=AT)
        assert balance(DESK, desk.round.pk) == recounted(DESK, desk.round.pk)
        exempt_people(**named(people=lines(desk, [0]), why="deceased", at=AT + timedelta(hours=1)))

    ended = {one.id: one.taken_back for one in page.rows}[lines(desk, [0])[0]]
    assert ended is not None
    assert (ended.exempt, ended.why, ended.by, ended.at) == ("medical", "mistake", DESK.name, AT)
    assert TakenBack.objects.count() == 1


@pytest.mark.django_db
def test_the_database_ends_no_exemption_in_silence_or_after_closing() -> None:
    desk = open_round(3)
    with in_scope(DESK):
        exempt_people(**Named(desk)(people=lines(desk, [0, 1, 2]), why="medical"))
    end = "update testing_expected set exempt = '', exempt_by = '', exempt_at = null"
    assert "on record" in refusal_of(end)
    assert "on record" in refusal_of("update testing_expected set exempt = 'deceased'")
    with in_scope(system_scope("test")):
        Round.objects.update(state=3, closed_at=AT, closed_by="x")
    with in_scope(DESK), pytest.raises(NotLawful):
        take_back_exemptions(**Named(desk)(people=lines(desk, [0]), why="mistake"))
    record = (
        "insert into testing_takenback (line_id, path, exempt, exempt_by, exempt_at, why, by, at) select id, path,"
        " exempt, exempt_by, exempt_at, 'mistake', 'x', now() from testing_expected"
    )
    assert refusal_of(record) == ""
    assert "on record" in refusal_of(end), "the round is closed"
    assert "stays" in refusal_of("delete from testing_takenback")


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_exempt_and_taken_back_the_numbers_agree(seed: int) -> None:
    draw, desk = random.Random(seed), open_round(14)
    named, device = Named(desk), desk.device()
    for place, person in enumerate(desk.people):
        born(person, date(1940 + 5 * place, 1, 1))
    for step in range(12):
        at = AT + timedelta(minutes=step)
        chosen = lines(desk, draw.sample(range(14), 4))
        act = draw.choice(["exempt", "missing", "back", "filter", "swab", "home"])
        with in_scope(DESK):
            if act == "exempt":
                exempt_people(**named(people=chosen, why="medical", at=at))
            elif act == "missing":
                name_missing(**named(people=chosen[:1], why="refused", at=at))
            elif act == "back":
                take_back_exemptions(**named(people=chosen, why="ended", at=at))
            elif act == "home":
                visit_at_home(**named(people=chosen, at=at))
            elif act == "filter":
                wanted = Narrow(first=draw.randrange(60))
                count = len(lines_of(DESK, desk.round.public_id, wanted, at=at))
                exempt_narrowed(**named(wanted=wanted, count=count, why="isolated", at=at))
        if act == "swab":
            fill(device, f"T{step}", [draw.randrange(14)], at)
            device.send(at)
            work_off(at)
        with in_scope(system_scope("test")):
            kept, counted = (one(system_scope("test"), desk.round.pk) for one in (balance, recounted))
            assert kept == counted
            assert counted.people_off_by == 0
            assert differences(system_scope("test"), desk.round) == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("morning")
def test_the_page_shows_the_count_before_and_takes_back_after() -> None:
    desk = open_round(8)
    for place in range(8):
        born(desk.people[place], date(1930 + 10 * place, 1, 1))
    client, url = signed_in(Role.TOWNSHIP_DESK, DESK.path), f"/testing/rounds/{desk.round.public_id}/people/"
    page = client.get(f"{url}?which=left&first=70&last=130").content.decode()
    assert 'name="count" value="3"' in page
    given = {"act": "narrowed", "first": "70", "last": "130", "exempt": "medical"}
    assert client.post(f"{url}act/", {**given, "count": "2"}).status_code == 409
    assert client.post(f"{url}act/", {**given, "count": "3"}).status_code == 302
    assert 'value="take_back"' in client.get(f"{url}?which=exempt").content.decode()
    back = {"act": "take_back", "take_back": "came", "line": lines(desk, [0])}
    assert client.post(f"{url}act/", back).status_code == 302

    with in_scope(system_scope("test")):
        assert Expected.objects.exclude(exempt="").count() == 2
    left = client.get(f"{url}?which=left").content.decode()
    assert Unit.objects.get(path=COMMUNITY).name in left
    assert "taken back" in left or "撤回" in left


@pytest.mark.django_db
@pytest.mark.usefixtures("morning")
def test_a_round_is_planned_with_rules_of_its_own() -> None:
    open_round(1)
    client = signed_in(Role.CITY_DUTY)
    page = client.get("/testing/rounds/new/").content.decode()
    assert 'name="months" inputmode="numeric" pattern="[0-9]{1,3}" value="24"' in page
    hours = {"starts_at": "2022-08-12T06:00", "ends_at": "2022-08-12T18:00", "pool_size": "10", "act": "plan"}
    given = {**hours, "units": [COMMUNITY], "months": "36", "positive_days": "", "words": ""}
    shown = client.post("/testing/rounds/new/", given, follow=True).content.decode()

    assert Round.objects.latest("number").exempt_rules == {"months": 36, "positive_days": 0, "isolated": 0}
    assert "36" in shown
