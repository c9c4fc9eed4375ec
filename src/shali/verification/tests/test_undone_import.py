"""An import is taken back whole, or not at all where something stands on whom it brought."""

from pathlib import Path

import pytest

from shali.config import reference
from shali.foundation.intake.models import Batch, BatchState
from shali.foundation.intake.services.undo import BuiltOn, undo_batch
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Document, Key, Person
from shali.tracing.models import Case
from shali.tracing.rules import Classification
from shali.tracing.services.cases import CaseNews, open_case
from shali.verification.services.receive import ReceivedList
from shali.verification.tests.desk import AT, CITY, push

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city(db: None) -> None:
    with in_scope(system_scope("test")):
        reference.ensure()


def brought_by(one: ReceivedList) -> list[Person]:
    with in_scope(system_scope("test")):
        return list(Person.objects.filter(source=f"batch:{one.batch_public_id}").order_by("id"))


def undo(one: ReceivedList) -> Batch:
    with in_scope(CITY):
        return undo_batch(scope=CITY, batch=one.batch_public_id, by=CITY.name, at=AT)


def open_documents(people: list[Person]) -> int:
    with in_scope(system_scope("test")):
        return Document.objects.filter(person__in=people, ended_at=None).count()


def test_an_import_on_which_a_case_stands_is_not_undone_and_says_so_with_its_number(tmp_path: Path) -> None:
    pushed = push(tmp_path, people=2)
    people = brought_by(pushed)
    news = CaseNews(Classification.ASYMPTOMATIC, AT, "laboratory", "laboratory_result", first_positive_at=AT)
    with in_scope(CITY):
        open_case(scope=CITY, person=people[0].public_id, news=news, by=CITY.name, at=AT)

    with pytest.raises(BuiltOn, match=r"病例.1|cases: 1"):
        undo(pushed)

    assert open_documents(people) == 2
    with in_scope(system_scope("test")):
        assert Batch.objects.get(pk=pushed.batch).state == BatchState.SETTLED
        assert Case.objects.count() == 1


def test_whom_another_file_names_as_well_stays_until_that_one_is_undone_too(tmp_path: Path) -> None:
    first, second = push(tmp_path, people=2, title="一"), push(tmp_path, people=1, hours_later=0.5, title="二")
    shared, alone = brought_by(first)

    undo(first)

    assert (open_documents([shared]), open_documents([alone])) == (1, 0)
    assert brought_by(second) == [shared]
    undo(second)
    assert open_documents([shared]) == 0
    with in_scope(system_scope("test")):
        assert not Key.objects.filter(person__in=[shared, alone]).exists()
