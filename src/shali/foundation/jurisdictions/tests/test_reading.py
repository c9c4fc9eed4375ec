"""Rows read by plain SQL are the rows that a queryset reads."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shali.config import reference
from shali.foundation.accounts.models import Post, User
from shali.foundation.intake.models import Batch, BatchState, StoredFile
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.reading import columns, made_of, read, read_by_key, width
from shali.foundation.jurisdictions.scope import in_scope, system_scope, tell_database

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_a_row_with_json_in_it_is_the_row_that_a_queryset_reads() -> None:
    with in_scope(system_scope("test")):
        reference.ensure()
        file = StoredFile.objects.create(
            sha256=b"1" * 32, size=1, format="csv", path="4111", received_at=NOW, received_by="x", name_sealed=b"-"
        )
        made = Batch.objects.create(
            file=file, path="4111", purpose="verification", sender="寄件处", outbreak="test", announced=None,
            announced_in="", state=BatchState.MAPPING, rows_total=1,
            inspection={"format": "csv", "sheets": [{"name": ""}]}, handed_over_at=NOW, received_at=NOW,
            received_by="x",
        )  # fmt: skip
        sql = f"select {columns(Batch, 'b')}, {columns(Unit, 'u')} from intake_batch b, jurisdictions_unit u"
        (row,) = read(f"{sql} where b.id = %(batch)s and u.path = b.path", batch=made.pk)

        one, unit = made_of(Batch, row), made_of(Unit, row[width(Batch) :])
        other = Batch.objects.get(pk=made.pk)
    assert one.inspection == {"format": "csv", "sheets": [{"name": ""}]}
    assert {f.attname: getattr(one, f.attname) for f in Batch._meta.concrete_fields} == {
        f.attname: getattr(other, f.attname) for f in Batch._meta.concrete_fields
    }
    assert unit == Unit.objects.get(path="4111")


FILES = "select path from intake_storedfile where id = any(%(files)s) order by path"
KEPT = "select coalesce(sum(generic_plans), 0), coalesce(sum(custom_plans), 0) from pg_prepared_statements"


def files_in(*paths: str) -> list[int]:
    return [
        StoredFile.objects.create(
            sha256=bytes([number]) * 32, size=1, format="csv", path=path, received_at=NOW, received_by="x",
            name_sealed=b"-",
        ).pk
        for number, path in enumerate(paths)
    ]  # fmt: skip


def kept(statement: str) -> tuple[int, int]:
    """Return how often a statement that connections keep was answered by its kept plan, and how often by a new one."""
    with connection.cursor() as cursor:
        cursor.execute(f"{KEPT} where statement like %s", [f"%{statement}%"])
        return tuple(map(int, cursor.fetchone()))  # type: ignore[return-value]


@pytest.mark.django_db
def test_a_kept_plan_shows_each_scope_its_own_rows(as_web) -> None:
    files = files_in("4111.02.001", "4111.02.002")

    seen = []
    with as_web():
        for path in ("4111.02.001", "4111.02.002", "4111.03", "4111"):
            tell_database(path, only_reads=True)
            seen.append([row[0] for row in read_by_key(FILES, files=files)])

    assert seen == [["4111.02.001"], ["4111.02.002"], [], ["4111.02.001", "4111.02.002"]]
    assert kept("from intake_storedfile where id = any($1)") == (4, 0)


@pytest.mark.django_db
def test_a_kept_plan_without_a_scope_shows_nothing(as_web) -> None:
    files = files_in("4111.02.001")

    with as_web():
        tell_database("4111", only_reads=True)
        assert len(read_by_key(FILES, files=files)) == 1
        tell_database("", only_reads=True)
        with pytest.raises(DatabaseError, match="no scope is set"), transaction.atomic():
            read_by_key(FILES, files=files)


@pytest.mark.django_db
def test_a_kept_statement_is_counted_like_any_other() -> None:
    with CaptureQueriesContext(connection) as asked:
        read_by_key(FILES, files=[1])

    assert [one["sql"] for one in asked] == [FILES % {"files": "$1"}]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "is_kept"), [("get", True), ("head", True), ("post", False)])
def test_only_a_request_that_reads_keeps_plans(method: str, is_kept: bool) -> None:
    """What writes plans for its scope: a trigger's plan for the city would read the city for a grid."""
    reference.ensure()
    user = User.objects.create(username="city-lead", name="x", made_at=NOW)
    unit = Unit.objects.get(path="4111")
    Post.objects.create(user=user, unit=unit, path=unit.path, role="city_lead", given_by="x", starts_at=NOW,
                        ends_at=datetime(2099, 1, 1, tzinfo=UTC))  # fmt: skip
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    with CaptureQueriesContext(connection) as asked:
        getattr(client, method)("/units/")

    [told] = [one["sql"] for one in asked if "shali.scope" in one["sql"]]
    assert ("force_generic_plan" in told) is is_kept
