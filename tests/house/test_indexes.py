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
