"""Every index is paid for by each insert: none may say what another one says already."""

import pytest
from django.apps import apps
from django.db import connection

# One index's columns are the first columns of another's, both over all rows; Django's twins for `like` are let be.
REPEATED = r"""
select distinct a.indexrelid::regclass::text, a.indrelid::regclass::text
from pg_index a
join pg_index b on b.indrelid = a.indrelid and b.indexrelid <> a.indexrelid
where not a.indisunique and a.indpred is null and b.indpred is null and a.indexprs is null and b.indexprs is null
  and a.indexrelid::regclass::text not like '%\_like' and b.indexrelid::regclass::text not like '%\_like'
  and array_to_string(a.indkey::int2[], ',') || ',' =
    left(array_to_string(b.indkey::int2[], ',') || ',', length(array_to_string(a.indkey::int2[], ',') || ','))
"""


@pytest.mark.django_db
def test_no_index_says_what_another_says() -> None:
    ours = {one._meta.db_table for one in apps.get_models() if one.__module__.startswith("shali")}
    with connection.cursor() as cursor:
        cursor.execute(REPEATED)
        found = [index for index, table in cursor.fetchall() if table in ours]

    assert found == []


# Columns that no index over all rows begins with. A row that is enrolled or handed over pays for each of them, by the
# million; what reads them has the index over few rows that is named, or another way.
LEFT_OUT = {
    ("people_person", "household_id"): ("people_person_home", "many of a list's people have no household"),
    ("people_person", "merged_into_id"): ("people_person_merged", "one person in a thousand is merged"),
    ("people_person", "unit_id"): ("", "read by path; a unit is never removed"),
    ("people_address", "unit_id"): ("", "read by person; a unit is never removed"),
    ("tasks_task", "unit_id"): ("", "read by path; a unit is never removed"),
    ("tasks_task", "assignee_id"): ("tasks_task_assigned", "a task has nobody for most of its first hours"),
}
BEGIN_WITH = """
select i.indrelid::regclass::text, a.attname, i.indexrelid::regclass::text, i.indpred is not null
from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
where i.indrelid::regclass::text = any(%s)
"""


@pytest.mark.django_db
def test_columns_that_few_rows_fill_or_nothing_reads_have_no_index_over_all_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_WITH, [sorted({table for table, _column in LEFT_OUT})])
        found = cursor.fetchall()

    whole = {(table, column): index for table, column, index, is_partial in found if not is_partial}
    assert {key: f"{whole[key]}: {why}" for key, (_partial, why) in LEFT_OUT.items() if key in whole} == {}
    partial = {index: (table, column) for table, column, index, is_partial in found if is_partial}
    assert {key: name for key, (name, _why) in LEFT_OUT.items() if name and partial.get(name) != key} == {}
    assert ("people_person", "unit_id") not in partial.values()


@pytest.mark.django_db
def test_the_open_tasks_of_somebody_are_one_range_of_an_index_and_closed_ones_are_not_in_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where indexname = 'tasks_task_assignee'")
        ((said,),) = cursor.fetchall()
    assert "(assignee_id, due_at, id)" in said
    assert "state = 3" in said
    assert "assignee_id IS NOT NULL" in said
