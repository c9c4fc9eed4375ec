"""Who is meant by a claim, asked of the database: what has to be opened for it, and how lists of values reach it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rows import array_of
from shali.foundation.people.models import Person
from shali.foundation.people.services.enrol import NewDocument, NewPerson, enrol_people
from shali.foundation.people.services.identify import Claim, DocumentClaim, KeysOf, Outcome, candidates_of, identify
from shali.foundation.people.tests.conftest import HERE, NOW, enrol, resident_id


@pytest.mark.django_db
def test_a_good_number_with_its_name_opens_nothing_but_the_name(city) -> None:
    person = enrol(3)
    claim = Claim(name="例丁3", documents=(DocumentClaim("1", resident_id(3), True),), phones=("14999999999",))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        (decision,) = identify([claim])

    assert (decision.outcome, decision.key) == (Outcome.KNOWN, person.pk)
    assert decision.reasons == ("name_same", "document_equal")
    assert len(asked) == 1


@pytest.mark.django_db
def test_a_number_of_somebody_merged_away_is_his_who_stands_for_him(city) -> None:
    lost, kept = enrol(4, name="例戊"), enrol(5, name="例戊")
    Person.objects.filter(pk=lost.pk).update(merged_into=kept)

    (decision,) = identify([Claim(name="例戊", documents=(DocumentClaim("1", resident_id(4), True),))])

    assert (decision.outcome, decision.key) == (Outcome.KNOWN, kept.pk)


@pytest.mark.django_db
def test_a_good_number_under_another_name_is_a_question_with_all_that_is_known(city) -> None:
    person = enrol(6)

    (decision,) = identify([Claim(name="无关", documents=(DocumentClaim("1", resident_id(6), True),))])

    assert decision.outcome is Outcome.DOUBTFUL
    assert decision.ranked[0].key == person.pk
    assert "number_of_another_name" in decision.reasons


@pytest.mark.django_db
def test_two_good_numbers_of_two_people_of_one_name_are_weighed_with_all_that_is_known(city) -> None:
    first, second = enrol(7, name="例同"), enrol(8, name="例同")
    numbers = tuple(DocumentClaim("1", resident_id(serial), True) for serial in (7, 8))

    (decision,) = identify([Claim(name="例同", documents=numbers, phones=("14000000007",))])

    assert {one.key for one in decision.ranked} == {first.pk, second.pk}


@pytest.mark.django_db
def test_whose_number_was_kept_with_another_day_is_found_by_a_good_one(city) -> None:
    """The digits around a day are not looked for under a good number: name and last digits lead to him as well."""
    good = resident_id(9)
    kept = good[:12] + ("11" if good[12:14] != "11" else "12") + good[14:]
    unit = Unit.objects.get(path=HERE)
    someone = NewPerson("例己", unit=unit.pk, path=HERE, documents=(NewDocument(1, kept, whole=False),))
    (person,) = enrol_people([someone], source="register", at=NOW)
    enrol(10, name="例庚")

    claims = [Claim(name=name, documents=(DocumentClaim("1", good, True),)) for name in ("例己", "无关")]
    assert candidates_of(KeysOf(claims), places=[0, 1]) == [{person}, set()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, -(2**63), 2**63 - 1], "bigint"),
        ([True, False], "bool"),
        ([b"", b"\x00\xff\\", b"'{}\""], "bytea"),
        ([], "int"),
        (["", 'a"b', "\\", "{NULL}", "NULL", "一，二"], "text"),
        ([UUID(int=7), None], "uuid"),
        ([datetime(2022, 8, 1, 9, 30, 1, 5, tzinfo=UTC), None], "timestamptz"),
    ],
)
def test_values_written_as_an_array_arrive_as_they_were(values, kind) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select v from unnest(%s::{kind}[]) as a (v)", [array_of(values)])
        assert [bytes(v) if kind == "bytea" else v for (v,) in cursor.fetchall()] == values
