"""What must never be, asked in SQL as the web role: the 1,317 red codes of Zhengzhou first."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.measures.models import Measure, Term
from shali.foundation.measures.services.decide import decide
from shali.foundation.policy.measures import measure_packs
from shali.foundation.ui.refusal import WrongInput

from .conftest import AT, Town

AsWeb = Callable[[], AbstractContextManager[None]]
COLUMNS = (
    "public_id, kind, rule, outbreak_id, person_id, unit_id, path, origin_kind, origin_id, basis, evidence,"
    " evidence_ref, epidemiological, max_hours, starts_at, ends_at, state, version, proposal_rule, proposed_by,"
    " proposed_at, appeal_channel, decided_by, decided_at, body_id, refusal, served_by, served_how, lifted_by,"
    " lift_reason"
)


def insert(town: Town, as_web: AsWeb, person: int, **given: object) -> str:
    """Insert a measure as the web role over the city, and return the constraint that refused it, or nothing."""
    city = town.city
    values: dict[str, object] = {
        "public_id": f"x{person}", "kind": "health_code_red", "rule": "health_code_red@measures-luohe-2022",
        "outbreak_id": "covid-2022", "person_id": person, "unit_id": city.first.pk, "path": city.first.path,
        "origin_kind": "contact", "origin_id": "c-1", "basis": "idl_39", "evidence": "investigation",
        "evidence_ref": "1", "epidemiological": True, "max_hours": 336, "starts_at": AT,
        "ends_at": AT + timedelta(days=7), "state": 1, "version": 1, "proposal_rule": "",
        "proposed_by": city.scope("city").name, "proposed_at": AT, "appeal_channel": "社区", "decided_by": "",
        "decided_at": None, "body_id": None, "refusal": "", "served_by": "", "served_how": "", "lifted_by": "",
        "lift_reason": "",
    }  # fmt: skip
    values |= given
    names = [name.strip() for name in COLUMNS.split(",")]
    sql = f"insert into measures_measure ({COLUMNS}) values ({', '.join(['%s'] * len(names))})"
    return run(town, as_web, sql, [values[name] for name in names])


def run(town: Town, as_web: AsWeb, sql: str, values: list[object]) -> str:
    try:
        with transaction.atomic(), as_web(), in_scope(town.city.scope("lead")), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except DatabaseError as refused:
        cause = refused.__cause__
        return cause.diag.constraint_name or cause.diag.sqlstate or "refused"  # type: ignore[union-attr]
    return ""


@pytest.fixture
def outbreak(settings: object, town: Town) -> str:
    return str(settings.OUTBREAK)  # type: ignore[attr-defined]


def test_a_sound_proposal_is_taken(town: Town, as_web: AsWeb, outbreak: str) -> None:
    assert insert(town, as_web, town.people[0], outbreak_id=outbreak) == ""


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        # As in Zhengzhou in June 2022: a depositor, a scanned picture, an order from above; no case, no contact.
        ({"origin_kind": "pushed_list"}, "measures_measure_epidemiological"),
        ({"origin_kind": "arrival"}, "measures_measure_epidemiological"),
        ({"evidence": "official_letter"}, "measures_measure_epidemiological"),
        ({"epidemiological": False, "origin_kind": "arrival"}, "measures_measure_as_its_rule"),
        ({"rule": "central_isolation@measures-luohe-2022"}, "measures_measure_as_its_rule"),
        ({"rule": "mine@mine", "max_hours": 99999}, "measures_measure_as_its_rule"),
        ({"max_hours": 99999}, "measures_measure_as_its_rule"),
        ({"ends_at": AT + timedelta(days=14, seconds=1)}, "measures_measure_within_its_term"),
        ({"ends_at": AT}, "measures_measure_ends"),
        ({"ends_at": None}, "23502"),
        ({"basis": ""}, "measures_measure_has_grounds"),
        ({"basis": None}, "23502"),
        ({"evidence_ref": ""}, "measures_measure_has_grounds"),
        ({"origin_id": ""}, "measures_measure_has_grounds"),
        ({"appeal_channel": ""}, "measures_measure_has_grounds"),
        ({"person_id": None}, "measures_measure_person_or_area"),
        ({"state": 2}, "measures_measure_begins_proposed"),
        ({"path": "4112.01"}, "42501"),
    ],
)
def test_a_red_code_without_its_ground_is_refused_in_sql(
    town: Town, as_web: AsWeb, outbreak: str, given: dict[str, object], constraint: str
) -> None:
    refused = insert(town, as_web, town.people[0], **({"outbreak_id": outbreak} | given))

    assert refused in (constraint, "23502" if constraint == "23502" else constraint)


def test_1317_red_codes_without_a_case_are_none(town: Town, as_web: AsWeb, outbreak: str) -> None:
    person = town.people[0]
    for number in range(1_317):
        evidence = ("official_letter", "pushed_list")[number % 2]
        assert insert(town, as_web, person, public_id=f"z{number}", outbreak_id=outbreak, evidence=evidence)

    assert Measure.objects.count() == 0


def test_the_service_asks_the_room_of_the_contact_whether_it_is_there(town: Town, contacts_known: None) -> None:
    with pytest.raises(WrongInput):
        town.proposed(town.people[0], "health_code_red", origin=("contact", "made-up"))
    with pytest.raises(WrongInput):
        town.proposed(town.people[0], "health_code_red", origin=("case", "c-1"))

    assert town.proposed(town.people[0], "health_code_red").is_new


def test_the_web_role_writes_no_terms(town: Town, as_web: AsWeb) -> None:
    for sql in (
        "insert into measures_term values ('mine@mine', 'health_code_red', 99999, false)",
        "update measures_term set max_hours = 99999",
        "delete from measures_term",
    ):
        assert run(town, as_web, sql, []) in ("42501", "refused"), sql
    assert Term.objects.count() == sum(len(pack.kinds) for pack in measure_packs())


def decision(town: Town, name: str, **given: object) -> tuple[str, list[object]]:
    post = town.city.posts[name]
    values = {"state": 2, "decided_by": f"post:{post.pk}", "decided_at": AT, "body_id": post.unit_id} | given
    return ", ".join(f"{column} = %s" for column in values), list(values.values())


@pytest.mark.parametrize(
    ("name", "given", "constraint"),
    [
        ("city", {}, "measures_measure_two_people"),
        ("township", {}, "measures_measure_decider_may"),
        ("other_county", {}, "measures_measure_decider_may"),
        ("lead", {"decided_by": "system:protocols"}, "measures_measure_decider_may"),
        ("lead", {"decided_by": ""}, "measures_measure_decider_may"),
        ("lead", {"body_id": None}, "measures_measure_decider_may"),
        ("lead", {"ends_at": AT + timedelta(days=9)}, "measures_measure_terms_stay"),
        ("lead", {}, ""),
    ],
)
def test_the_database_knows_who_may_decide(
    town: Town, as_web: AsWeb, name: str, given: dict[str, object], constraint: str
) -> None:
    new = town.proposed(town.people[0], by="city")
    if name == "city":  # a post that may decide, but whose holder is the proposer
        town.city.posts["city"].role = "city_lead"
        town.city.posts["city"].save(update_fields=["role"])
    changes, values = decision(town, name, **given)

    refused = run(town, as_web, f"update measures_measure set {changes} where id = %s", [*values, new.measure])

    assert refused == constraint


@pytest.mark.parametrize(
    "column", ["ends_at = ends_at + interval '1 day'", "basis = 'idl_41'", "state = 3", "kind = 'x'"]
)
def test_the_terms_of_a_decided_measure_never_change(town: Town, as_web: AsWeb, column: str) -> None:
    new = town.proposed(town.people[0])
    decide(measure=new.public_id, approves=True, **town.acts("lead"))

    assert run(town, as_web, f"update measures_measure set {column} where id = %s", [new.measure])
    assert run(town, as_web, "delete from measures_measure where id = %s", [new.measure])


def test_no_other_unit_lifts_even_in_sql(town: Town, as_web: AsWeb) -> None:
    new = town.proposed(town.people[0])
    decide(measure=new.public_id, approves=True, **town.acts("county2"))
    lead, county = town.city.posts["lead"], town.city.posts["county"]
    sql = "update measures_measure set lifted_at = %s, lifted_by = %s, lifted_body_id = %s, lift_reason = 'mistake'"

    for by, body in ((lead.pk, lead.unit_id), (lead.pk, county.unit_id)):
        refused = run(town, as_web, sql, [AT + timedelta(hours=1), f"post:{by}", body])
        assert refused == "measures_measure_lifted_by_its_body"
    assert run(town, as_web, sql, [AT + timedelta(hours=1), f"post:{county.pk}", county.unit_id]) == ""


def test_two_measures_of_a_kind_are_not_in_force_at_once(town: Town, as_web: AsWeb) -> None:
    first = town.proposed(town.people[0])
    decide(measure=first.public_id, approves=True, **town.acts("lead"))
    second = town.proposed(town.people[0], starts_at=AT + timedelta(days=6))
    changes, values = decision(town, "lead")

    refused = run(town, as_web, f"update measures_measure set {changes} where id = %s", [*values, second.measure])

    assert refused == "measures_measure_one_at_a_time"


def test_the_database_names_the_roles_that_have_the_verb() -> None:
    assert {role.code for role in Role if Verb.DECIDE_MEASURES in role.verbs} == {"city_lead", "county_desk"}
