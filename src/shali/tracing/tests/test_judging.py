"""Class, measure, days and tests follow from whom somebody met, by the rules of the day; every plan is kept."""

from datetime import date, timedelta

import pytest

from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task, TaskState
from shali.foundation.ui.refusal import MoreThanSaid, WrongInput
from shali.tracing.models import Case, Contact, ContactState, Day, Plan, Relationship
from shali.tracing.queries.verdicts import affected
from shali.tracing.rules import Classification
from shali.tracing.services.cases import Change, classify_case
from shali.tracing.services.contacts import Line, enter_second_ring, take_over_household, withdraw_relationship
from shali.tracing.services.rules_change import apply_rules

from .desk import AT, CITY, ONSET, a_case, contact_of, contacts_of, met, people, ready

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city() -> None:
    ready()


def days_of(contact: Contact) -> list[tuple[date, str, bool]]:
    with in_scope(system_scope("test")):
        rows = Day.objects.filter(contact=contact, dropped=False).order_by("on")
        return list(rows.values_list("on", "measure", "test_due"))


def test_a_close_contact_owes_seven_days_apart_and_three_at_home_counted_from_the_last_exposure():
    infected, friend = people(2)
    case = a_case(infected)

    contacts_of(case, [friend], met(date(2022, 8, 7), date(2022, 8, 9)))
    contact = contact_of(friend)

    assert (contact.contact_class, contact.why, contact.rule) == (
        "close_contact", "met_case", "close_contact@tracing-protocol-9",
    )  # fmt: skip
    assert contact.last_exposure_on == date(2022, 8, 9)
    assert contact.ends_on == date(2022, 8, 19)
    days = days_of(contact)
    assert [on for on, _m, _t in days] == [date(2022, 8, 10) + timedelta(days=n) for n in range(10)]
    assert [m for _on, m, _t in days] == ["central_isolation"] * 7 + ["home_monitoring"] * 3
    assert [on.day for on, _m, due in days if due] == [10, 11, 12, 14, 16, 19]


def test_the_clock_of_moving_runs_eight_hours_from_the_judgement():
    infected, friend = people(2)

    contacts_of(a_case(infected), [friend], met(date(2022, 8, 9)))

    with in_scope(system_scope("test")):
        task = Task.objects.get(kind="contact", subject_id=friend)
    assert task.due_at == AT + timedelta(hours=8)
    assert task.path == contact_of(friend).path


@pytest.mark.parametrize(
    ("day", "how", "wanted", "why"),
    [
        (date(2022, 8, 5), {}, "general_contact", "before_infectious"),
        (date(2022, 8, 6), {}, "close_contact", "met_case"),
        (date(2022, 8, 9), {"protection": "effective"}, "general_contact", "protected"),
        (date(2022, 8, 9), {"certainty": "claimed"}, "general_contact", "claimed_only"),
    ],
)
def test_the_class_follows_from_window_protection_and_certainty(day, how, wanted, why):
    infected, friend = people(2)

    contacts_of(a_case(infected), [friend], met(day, **how))

    assert (contact_of(friend).contact_class, contact_of(friend).why) == (wanted, why)


def test_without_an_onset_the_window_begins_two_days_before_the_first_positive_sample():
    infected, before, within = people(3)
    case = a_case(infected, onset=None)

    contacts_of(case, [before], met(date(2022, 8, 7)))
    contacts_of(case, [within], met(date(2022, 8, 8)))

    assert contact_of(before).contact_class == "general_contact"
    assert contact_of(within).contact_class == "close_contact"


def test_who_met_a_contact_after_that_contacts_own_exposure_is_a_contact_of_a_contact():
    infected, friend, later, earlier = people(4)
    contacts_of(a_case(infected), [friend], met(date(2022, 8, 8)))
    first = contact_of(friend)

    with in_scope(CITY):
        for person, day in ((later, date(2022, 8, 9)), (earlier, date(2022, 8, 7))):
            enter_second_ring(scope=CITY, contact=first.public_id, lines=[Line(person, met(day))], by=CITY.name, at=AT)

    assert contact_of(later).contact_class == "contact_of_contact"
    assert contact_of(later).ends_on == date(2022, 8, 16)
    assert [on.day for on, _m, due in days_of(contact_of(later)) if due] == [10, 13, 16]
    assert contact_of(earlier).contact_class == "general_contact"


def test_a_contact_who_becomes_a_case_makes_close_contacts_of_whom_he_met_and_keeps_their_old_plans():
    infected, friend, later = people(3)
    contacts_of(a_case(infected), [friend], met(date(2022, 8, 8)))
    with in_scope(CITY):
        enter_second_ring(
            scope=CITY, contact=contact_of(friend).public_id, lines=[Line(later, met(date(2022, 8, 9)))],
            by=CITY.name, at=AT,
        )  # fmt: skip

    second = a_case(friend, onset=date(2022, 8, 10))

    assert contact_of(friend).state == ContactState.BECAME_CASE
    assert contact_of(later).contact_class == "close_contact"
    with in_scope(system_scope("test")):
        plans = list(
            Plan.objects.filter(contact=contact_of(later)).order_by("seq").values_list("contact_class", "caused_by")
        )
        second.refresh_from_db()
    assert plans == [("contact_of_contact", "new_exposure"), ("close_contact", "case_dates")]
    assert second.source is not None
    assert (second.source.person_id, second.source_certainty) == (infected, "inferred")


def test_a_later_exposure_moves_the_last_day_and_a_withdrawn_one_moves_it_back():
    infected, friend = people(2)
    case = a_case(infected)
    contacts_of(case, [friend], met(date(2022, 8, 7)))
    before = contact_of(friend).ends_on

    contacts_of(case, [friend], met(date(2022, 8, 9)))
    after = contact_of(friend).ends_on
    with in_scope(CITY):
        second = Relationship.objects.order_by("-id")[0]
        withdraw_relationship(scope=CITY, relationship=second.public_id, why="entered_by_mistake", by=CITY.name, at=AT)

    assert (before, after) == (date(2022, 8, 17), date(2022, 8, 19))
    assert contact_of(friend).ends_on == date(2022, 8, 17)
    with in_scope(system_scope("test")):
        assert Plan.objects.filter(contact=contact_of(friend)).count() == 3
        assert Day.objects.filter(contact=contact_of(friend), dropped=True).count() == 2


def test_a_discarded_case_asks_nothing_of_whom_it_met():
    infected, friend = people(2)
    case = a_case(infected)
    contacts_of(case, [friend], met(date(2022, 8, 9)))

    with in_scope(CITY):
        change = Change(
            Classification.DISCARDED, "retest_negative", onset_on=ONSET, first_positive_at=case.first_positive_at
        )
        classify_case(scope=CITY, case=case.public_id, change=change, seen=None, by=CITY.name, at=AT)

    assert (contact_of(friend).contact_class, contact_of(friend).ends_on) == ("general_contact", None)
    with in_scope(system_scope("test")):
        assert Task.objects.get(kind="contact", subject_id=friend).state == TaskState.CLOSED


def test_new_rules_list_who_is_affected_before_anything_changes_and_then_change_only_them():
    infected, friend, protected = people(3)
    case = a_case(infected)
    contacts_of(case, [friend], met(date(2022, 8, 9)))
    contacts_of(case, [protected], met(date(2022, 8, 9), protection="effective"))
    at = AT.replace(month=11, day=12)

    with in_scope(CITY):
        listed = affected(CITY, at=at)
        untouched = contact_of(friend).rule
        with pytest.raises(WrongInput, match="2"):
            apply_rules(scope=CITY, contacts=None, by=CITY.name, at=at)
        with pytest.raises(MoreThanSaid):
            apply_rules(scope=CITY, contacts=None, shown=1, by=CITY.name, at=at)
        assert contact_of(friend).rule == untouched, "nothing was done"
        changed = apply_rules(scope=CITY, contacts=None, shown=2, by=CITY.name, at=at)

    assert {one.contact.person_id for one in listed} == {friend, protected}
    assert untouched == "close_contact@tracing-protocol-9"
    assert changed == 2
    assert contact_of(friend).rule == "close_contact@tracing-twenty-articles"
    assert contact_of(friend).ends_on == date(2022, 8, 17)


def test_the_household_is_taken_over_but_not_the_case_himself():
    from shali.foundation.places.models import Household

    infected, wife, child, neighbour = people(4)
    with in_scope(system_scope("test")):
        at_home = Person.objects.get(pk=infected)
        home = Household.objects.create(unit=at_home.unit, path=at_home.path, door_blind=b"d", door_sealed=b"s")
        Person.objects.filter(pk__in=[infected, wife, child]).update(household=home)
    case = a_case(infected)

    with in_scope(CITY):
        meeting = met(date(2022, 8, 6), date(2022, 8, 9), situation="live_together")
        entered = take_over_household(scope=CITY, case=case.public_id, meeting=meeting, by=CITY.name, at=AT)

    assert sorted(one.person for one in entered) == [wife, child]
    with in_scope(system_scope("test")):
        assert not Contact.objects.filter(person_id__in=[infected, neighbour]).exists()
        assert Case.objects.count() == 1
