"""What must never be, the database refuses: plain SQL past every service, as the owner of the tables."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.tracing.models import Case, Contact, Relationship
from shali.tracing.rules import CASE_SOURCE_CERTAINTY
from shali.tracing.services.cases import link_source
from shali.tracing.services.stays import Told, confirm_stay, tell_stay

from .desk import AT, CITY, a_case, contact_of, contacts_of, met, people, ready

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cluster() -> tuple[Case, Contact]:
    ready()
    infected, friend = people(2)
    case = a_case(infected)
    contacts_of(case, [friend], met(date(2022, 8, 9)))
    return case, contact_of(friend)


def refused(statement: str, *values: object) -> str:
    """Run a statement in a transaction of its own; return what the database said against it, or nothing."""
    try:
        with in_scope(system_scope("test")), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.rowcount, "The statement met no row, so it proves nothing."
    except DatabaseError as said:
        return str(said)
    return ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("classification = 1", "cannot become 1 from 3"),
        ("classification = 5", "with a line of history"),
        ("classification = 5, version = version + 1", "has no line of history"),
        ("onset_on = onset_on - 1", "with a line of history"),
        ("first_positive_at = null, version = version + 1", "tracing_case_positive_has_sample"),
        ("source_id = id, source_certainty = 'probable', version = version + 1", ""),
        ("source_certainty = 'probable'", "tracing_case_source_whole"),
        ("report_done_at = now()", "tracing_case_report_after_core"),
        ("origin = 'rumour'", "tracing_case_origin"),
    ],
)
def test_a_case_changes_only_as_cases_do(cluster: tuple[Case, Contact], change: str, said: str) -> None:
    answer = refused(f"update tracing_case set {change} where id = %s", cluster[0].pk)

    assert answer
    assert said in answer


def test_nobody_is_infected_by_whom_he_infected(cluster: tuple[Case, Contact]) -> None:
    first = cluster[0]
    second, third = (a_case(one) for one in people(2, start=10))
    how = {"certainty": CASE_SOURCE_CERTAINTY[0], "basis": "", "seen": None, "by": CITY.name, "at": AT}
    with in_scope(CITY):
        link_source(scope=CITY, case=second.public_id, source=first.public_id, **how)
        link_source(scope=CITY, case=third.public_id, source=second.public_id, **how)

    said = refused(
        "update tracing_case set source_id = %s, source_certainty = %s, version = version + 1 where id = %s",
        third.pk, CASE_SOURCE_CERTAINTY[0], first.pk,
    )  # fmt: skip
    assert "cannot be infected by whom it infected" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ends_on = ends_on - 3", "stands otherwise than his newest plan"),
        ("contact_class = 'general_contact'", "stands otherwise than his newest plan"),
        ("state = 2, ended_at = now(), ended_by = 'x'", "his last day was well and every test negative"),
    ],
)
def test_a_contact_stands_as_his_plan_says(cluster: tuple[Case, Contact], change: str, said: str) -> None:
    assert said in refused(f"update tracing_contact set {change} where id = %s", cluster[1].pk)


def test_the_task_of_a_contact_closes_when_he_is_where_his_measure_holds(cluster: tuple[Case, Contact]) -> None:
    said = refused("update tasks_task set state = 3 where id = %s", cluster[1].task_id)

    assert "closes when its contact is where his measure holds" in said


def test_the_task_of_core_information_closes_with_it(cluster: tuple[Case, Contact]) -> None:
    said = refused("update tasks_task set state = 3 where id = %s", cluster[0].core_task_id)

    assert "closes when the core information of its case is confirmed" in said


def test_a_relationship_is_withdrawn_and_never_rewritten(cluster: tuple[Case, Contact]) -> None:
    with in_scope(system_scope("test")):
        row = Relationship.objects.get(contact=cluster[1])

    for change in ("last_at = last_at + interval '1 day'", "protection = 'effective'", "entered_by = 'x'"):
        said = refused(f"update tracing_relationship set {change} where id = %s", row.pk)
        assert "is withdrawn and entered anew" in said, change


def test_a_stay_keeps_its_times_and_its_confirmation(cluster: tuple[Case, Contact]) -> None:
    with in_scope(CITY):
        told = Told(AT - timedelta(hours=30), AT - timedelta(hours=28), "某街")
        stay = tell_stay(scope=CITY, case=cluster[0].public_id, told=told, by=CITY.name, at=AT)
        confirm_stay(scope=CITY, stay=stay.public_id, by=CITY.name, at=AT)

    for change in ("to_at = to_at + interval '1 hour'", "confirmed_at = confirmed_at + interval '1 hour'"):
        assert "is withdrawn and told anew" in refused(f"update tracing_stay set {change} where id = %s", stay.pk)


@pytest.mark.parametrize("table", ["case", "contact", "relationship", "day"])
def test_nothing_of_the_investigation_is_removed(cluster: tuple[Case, Contact], table: str) -> None:
    assert refused(f"delete from tracing_{table}")


@pytest.mark.parametrize("table", ["casestep", "plan"])
def test_history_is_neither_changed_nor_removed(cluster: tuple[Case, Contact], table: str) -> None:
    assert "append-only" in refused(f"delete from tracing_{table}")
    assert "append-only" in refused(f"update tracing_{table} set seq = seq + 100")
