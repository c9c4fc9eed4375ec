from collections.abc import Callable
from contextlib import AbstractContextManager

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from shali.foundation.journal.models import ChainHead
from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.people.models import Person

Block = Callable[[], AbstractContextManager[None]]

SCOPE = Scope(path="4111", name="system:test")


def _who() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_test_runs_as_the_owner_and_a_block_as_the_web_role(as_web: Block) -> None:
    assert _who() == "shali_owner"

    with as_web():
        assert _who() == "shali_web"

    assert _who() == "shali_owner"


@pytest.mark.django_db
def test_the_web_role_reads_no_person_without_a_scope(as_web: Block) -> None:
    with pytest.raises(ProgrammingError, match="no scope is set"), as_web():
        list(Person.objects.all())

    assert _who() == "shali_owner"
    with as_web(), in_scope(SCOPE):
        assert list(Person.objects.all()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("web_role")
def test_a_whole_test_can_run_as_the_web_role() -> None:
    assert _who() == "shali_web"


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["update journal_fact set by = 'x'", "delete from tasks_event"])
def test_the_web_role_has_no_right_to_change_what_is_append_only(as_web: Block, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied") as refused, as_web(), in_scope(SCOPE):
        connection.cursor().execute(statement)

    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", [1, 2])
def test_what_migrations_wrote_is_there_again_after_a_test_that_commits(round_: int) -> None:
    assert ChainHead.objects.count() == 1

    with transaction.atomic():
        ChainHead.objects.all().delete()

    assert ChainHead.objects.count() == 0, round_
