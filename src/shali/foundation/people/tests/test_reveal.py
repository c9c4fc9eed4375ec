"""No record, no plaintext; little, for a purpose, within a budget."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from shali.config import reference
from shali.foundation.journal.chain import verify_chain
from shali.foundation.journal.models import AccessRecord
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Sight
from shali.foundation.people.queries.record import person_record
from shali.foundation.people.services import reveal as revealing
from shali.foundation.people.services.find import find_by_number
from shali.foundation.people.services.reveal import BudgetSpent, reveal
from shali.foundation.policy.rules import Number
from shali.foundation.ui.refusal import NotInScope, WrongInput

from .conftest import HERE, NEXT_DOOR, NOW, enrol, resident_id, scope_at


@pytest.fixture
def budget_of_three(monkeypatch):
    monkeypatch.setattr(revealing, "number_of_role", lambda name, role, at: Number(3, "test", "test", True))


def test_a_look_gives_the_chosen_fields_and_one_record(city):
    person, scope = enrol(1), scope_at(HERE)

    shown = reveal(scope=scope, person=person.public_id, fields=["phone", "name"], purpose="contact_person", at=NOW)

    assert shown.values == (("name", ("例乙1",)), ("phone", ("14000000001",)))
    assert shown.hide_at == NOW + timedelta(minutes=10)
    record = AccessRecord.objects.get(pk=shown.record)
    assert (record.act, record.purpose, record.fields, record.subject) == (
        "reveal",
        "contact_person",
        ["name", "phone"],
        person.pk,
    )


@pytest.mark.parametrize(("purpose", "fields"), [("", ["name"]), ("curiosity", ["name"]), ("contact_person", [])])
def test_without_a_purpose_or_a_field_nothing_is_shown_and_nothing_recorded(city, purpose, fields):
    person, scope = enrol(1), scope_at(HERE)

    with pytest.raises(WrongInput):
        reveal(scope=scope, person=person.public_id, fields=fields, purpose=purpose, at=NOW)

    assert AccessRecord.objects.count() == 0


def test_when_the_record_cannot_be_written_nothing_is_shown(city, monkeypatch):
    person, scope = enrol(1), scope_at(HERE)

    def fails(**given):
        raise RuntimeError

    monkeypatch.setattr(revealing, "record_access", fails)

    with pytest.raises(RuntimeError):
        reveal(scope=scope, person=person.public_id, fields=["name"], purpose="contact_person", at=NOW)


def test_the_day_has_a_budget_of_different_people(city, budget_of_three):
    people, scope = [enrol(n) for n in range(4)], scope_at(HERE)

    for person in [*people[:3], people[0]]:
        reveal(scope=scope, person=person.public_id, fields=["name"], purpose="contact_person", at=NOW)
    with pytest.raises(BudgetSpent, match="3"), transaction.atomic():
        reveal(scope=scope, person=people[3].public_id, fields=["name"], purpose="contact_person", at=NOW)
    tomorrow = NOW + timedelta(days=1)
    reveal(scope=scope, person=people[3].public_id, fields=["name"], purpose="contact_person", at=tomorrow)

    assert AccessRecord.objects.count() == 5


def test_looking_numbers_up_has_a_budget_too(city, budget_of_three):
    enrol(1)
    scope = scope_at(HERE)

    for _ in range(3):
        find_by_number(scope=scope, number=resident_id(1), at=NOW)
    with pytest.raises(BudgetSpent), transaction.atomic():
        find_by_number(scope=scope, number=resident_id(2), at=NOW)


def test_somebody_is_found_by_any_number_of_his_and_by_no_name(city):
    person, scope = enrol(1, name="例甲"), scope_at(HERE)

    by_document = find_by_number(scope=scope, number=f" {resident_id(1).lower()} ", at=NOW)
    by_phone = find_by_number(scope=scope, number="140 0000 0001", at=NOW)
    nobody = find_by_number(scope=scope, number="14099999999", at=NOW)

    assert [one.id for one in by_document] == [one.id for one in by_phone] == [person.pk]
    assert nobody == []
    with pytest.raises(WrongInput):
        find_by_number(scope=scope, number="例甲", at=NOW)
    assert list(AccessRecord.objects.order_by("id").values_list("people", flat=True)) == [[person.pk], [person.pk], []]


def test_a_neighbour_of_the_next_community_does_not_exist(city, as_web):
    person, stranger = enrol(1), scope_at(NEXT_DOOR)

    with as_web(), in_scope(stranger):
        assert find_by_number(scope=stranger, number=resident_id(1), at=NOW) == []
        with pytest.raises(NotInScope):
            person_record(stranger, person.public_id, at=NOW)
        with pytest.raises(NotInScope):
            reveal(scope=stranger, person=person.public_id, fields=["name"], purpose="contact_person", at=NOW)


@pytest.mark.parametrize(("ends", "sees"), [(None, True), (timedelta(hours=1), True), (timedelta(hours=-1), False)])
def test_a_unit_with_a_task_about_somebody_sees_him_until_some_hours_after(city, ends, sees):
    person, helper = enrol(1), scope_at(NEXT_DOOR)
    Sight.objects.create(person=person, path=NEXT_DOOR, task=1, since=NOW, ends_at=NOW + ends if ends else None)

    found = find_by_number(scope=helper, number=resident_id(1), at=NOW)

    assert [one.id for one in found] == ([person.pk] if sees else [])


@pytest.mark.parametrize(("ended_hours_ago", "sees"), [(-1, 1), (1, 0)])
def test_the_database_ends_a_sight_by_the_citys_clock(city, as_web, settings, ended_hours_ago, sees):
    person = enrol(1)
    real = connection.cursor().execute("select now()").fetchone()[0]
    ends = real - timedelta(days=1000) - timedelta(hours=ended_hours_ago)
    Sight.objects.create(person=person, path=NEXT_DOOR, task=1, since=NOW, ends_at=ends)

    with as_web(), in_scope(system_scope("test", NEXT_DOOR)), connection.cursor() as cursor:
        cursor.execute("select set_config('shali.shift', %s, true)", [str(-1000 * 86_400)])
        cursor.execute("select count(*) from people_person where id = %s", [person.pk])
        assert cursor.fetchone()[0] == sees


def test_a_record_shows_masks_alone(city):
    person = enrol(1, name="例甲乙")

    shown = person_record(city, person.public_id, at=NOW)

    assert shown.masked.name == "例**"
    assert [one.text for one in shown.documents] == [f"4111{'*' * 12}{resident_id(1)[-2:]}"]
    assert [one.text for one in shown.phones] == ["140******01"]
    assert shown.birth_year == "1980"
    assert "1室" not in str(shown)


@pytest.mark.django_db(transaction=True)
def test_fifty_looks_at_once_leave_fifty_records_in_one_chain():
    with in_scope(system_scope("test")):
        reference.ensure()
        people, scope = [enrol(n) for n in range(50)], scope_at(HERE)
    seen: list[int] = []

    def look(person):
        try:
            with in_scope(scope):
                shown = reveal(scope=scope, person=person.public_id, fields=["name"], purpose="contact_person", at=NOW)
            seen.append(shown.record)
        finally:
            connection.close()

    threads = [threading.Thread(target=look, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with in_scope(system_scope("test")):
        assert sorted(seen) == list(range(1, 51))
        assert AccessRecord.objects.count() == 50
        assert verify_chain().broken_at is None
