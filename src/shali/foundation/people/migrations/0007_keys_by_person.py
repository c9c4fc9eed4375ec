"""Blocking keys lie in parts by person, each half the size of its number in a row of eight bytes.

A key is as good as random, so each of a newcomer's ten keys fell on a page of its own of an index over everybody. The
newest people now have a part of their own: its index is small, and its pages are still at hand when the next one comes.
A look by key asks one index a part; four parts hold any city, since each is as large as all before it.
"""

import django.db.models.deletion
from django.db import migrations, models

from shali.foundation.jurisdictions.walls import whole_tree_wall

PARTS = {
    "people_key_first": "minvalue) to (2097152",
    "people_key_second": "2097152) to (4194304",
    "people_key_third": "4194304) to (8388608",
    "people_key_rest": "8388608) to (maxvalue",
}
WHOLE = """
alter table people_key rename to people_key_before;
alter index people_key_value rename to people_key_before_value;
create table people_key (person_id bigint not null, value bigint not null) partition by range (person_id);
"""
# The first eight of the sixteen bytes that a key had: nothing has to be opened or computed again.
MOVED = """
insert into people_key (person_id, value)
  select distinct person_id, ('x' || encode(substring(value for 8), 'hex'))::bit(64)::bigint from people_key_before;
drop table people_key_before;
alter table people_key add constraint people_key_person_id_fk_people_person_id
  foreign key (person_id) references people_person (id) deferrable initially deferred;
create index people_key_value on people_key (value, person_id);
create index people_key_person on people_key using brin (person_id) with (autosummarize = on);
"""


def _parts() -> str:
    made = [f"create table {name} partition of people_key for values from ({span});" for name, span in PARTS.items()]
    return "\n".join([*made, *(whole_tree_wall(table) for table in ("people_key", *PARTS))])


class Migration(migrations.Migration):
    dependencies = [("people", "0006_keys_walled")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(WHOLE + _parts() + MOVED, migrations.RunSQL.noop)],
            state_operations=[
                migrations.DeleteModel(name="Key"),
                migrations.CreateModel(
                    name="Key",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "person", "value", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("value", models.BigIntegerField()),
                        (
                            "person",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="keys",
                                to="people.person",
                            ),
                        ),
                    ],
                ),
            ],
        )
    ]
