"""What a row names is there, and stays: references that are asked about once for a statement, not by foreign keys."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from shali.foundation.clocks import now
from shali.foundation.people.services.enrol import NewAddress, NewDocument, add_addresses, add_documents
from tests.proof.world import World

# table -> its columns that name a row of another table
NAMES = {
    "people_person": {"unit_id": "jurisdictions_unit"},
    "people_document": {"person_id": "people_person"},
    "people_phone": {"person_id": "people_person"},
    "people_address": {"person_id": "people_person", "unit_id": "jurisdictions_unit"},
    "people_key": {"person_id": "people_person"},
    "people_sight": {"person_id": "people_person"},
    "intake_row": {"batch_id": "intake_batch", "person_id": "people_person"},
    "journal_fact": {"cause_id": "journal_fact"},
    "tasks_task": {"subject_id": "people_person", "unit_id": "jurisdictions_unit"},
    "tasks_event": {"task_id": "tasks_task"},
    "verification_listentry": {
        "pushed_list_id": "verification_pushedlist",
        "person_id": "people_person",
        "task_id": "tasks_task",
        "row_id": "intake_row",
    },
    "testing_sample": {
        "round_id": "testing_round",
        "tube_id": "testing_tube",
        "person_id": "people_person",
        "station_id": "testing_station",
        "batch_id": "testing_sealedbatch",
    },
    "testing_tube": {"round_id": "testing_round", "site_id": "testing_site", "station_id": "testing_station"},
    "testing_roundtally": {"round_id": "testing_round"},
}
EDGES = [(table, column, other) for table, columns in NAMES.items() for column, other in columns.items()]
# What must differ in a copy of a row, so that nothing but the name is wrong with it.
DIFFERENT = {
    "public_id": "left(md5(random()::text), 12)",
    "number_blind": "decode(md5(random()::text), 'hex')",
    "row_no": "(select max(row_no) + 1 from intake_row)",
    "seq": "9999",
    "duplicate_of_id": "(select min(id) from verification_listentry)",
    "kind": "'proof'",
    "event": "gen_random_uuid()",
    "code": "left(md5(random()::text), 12)",
}
NOBODY = 9_000_000_000


@pytest.fixture(scope="module", autouse=True)
def papers(world: World, django_db_blocker: object) -> None:
    """Give somebody of the world a document, a telephone's keys and an address: copies are made of them."""
    with connection.cursor() as cursor:
        cursor.execute("select min(id), min(unit_id) from people_person")
        person, unit = cursor.fetchone()
        add_documents([(person, NewDocument(4, "E00000001", True))], source="test", at=now())
        add_addresses([(person, NewAddress("例子路1号", unit))], source="test", at=now())
        cursor.execute("insert into people_key (person_id, value) values (%s, 1)", [person])


def copied(table: str, column: str) -> str:
    """Return a statement that copies one row of a table but for the column, which names nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name from information_schema.columns where table_name = %s and column_name <> 'id'"
            " and is_generated = 'NEVER' and is_identity = 'NO' order by ordinal_position",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
    different = DIFFERENT if table == "tasks_task" else {k: v for k, v in DIFFERENT.items() if k != "kind"}
    values = [str(NOBODY) if name == column else different.get(name, f'"{name}"') for name in columns]
    if table == "journal_fact":
        columns, values = ["id", *columns], ["(select max(id) + 1 from journal_fact)", *values]
    names = ", ".join(f'"{name}"' for name in columns)
    return f"insert into {table} ({names}) select {', '.join(values)} from {table} limit 1"


def refusal(statement: str) -> tuple[str, str]:
    """Run a statement and return the code of its refusal and the column it names; empty where it went through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except IntegrityError as refused:
        cause = refused.__cause__
        assert isinstance(cause, psycopg.Error)
        return str(cause.sqlstate), str(cause.diag.column_name)
    return "", ""


@pytest.mark.parametrize(("table", "column", "other"), EDGES)
def test_a_row_that_names_nobody_is_refused(world: World, table: str, column: str, other: str) -> None:
    assert refusal(copied(table, column)) == ("23503", column)


@pytest.mark.parametrize(
    ("table", "column", "other"), [edge for edge in EDGES if edge[0] not in ("journal_fact", "tasks_event")]
)
def test_a_row_is_not_changed_so_that_it_names_nobody(world: World, table: str, column: str, other: str) -> None:
    code, _named = refusal(f"update {table} set {column} = {NOBODY} where ctid = (select min(ctid) from {table})")
    # Blocking keys lie in parts by person, and of a sample or a tube what it was made as stays: refused before.
    assert (
        code == {"people_key": "23001", "testing_sample": "23514", "testing_tube": "23514"}.get(table, "23503")
        or code == "23503"
    )


def test_a_row_that_names_what_is_there_goes_in(world: World) -> None:
    """Or the copies above would be refused for something else."""
    right = copied("people_phone", "person_id").replace(str(NOBODY), "(select max(id) from people_person)")
    assert refusal(right) == ("", "")


def test_what_is_named_is_never_removed(world: World, figure: Callable[..., None]) -> None:
    named = sorted({other for _, _, other in EDGES})
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # what waits to be asked at the end would stop a truncate first
    for table in named:
        assert refusal(f"delete from {table} where id = (select min(id) from {table})")[0] == "23001", table
        assert refusal(f"update {table} set id = {NOBODY} where id = (select min(id) from {table})")[0] == "23001"
        assert refusal(f"truncate {table} cascade")[0] == "23001", table
    figure("references", kinds=len(EDGES), tables_never_emptied=len(named))


def test_no_foreign_key_asks_for_each_row_as_well(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.conrelid::regclass::text, a.attname from pg_constraint c"
            " join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]"
            " where c.contype = 'f' and c.conrelid::regclass::text = any(%s)",
            [list(NAMES)],
        )
        both = {(table, column) for table, column in cursor.fetchall()} & {(t, c) for t, c, _ in EDGES}
    assert not both
