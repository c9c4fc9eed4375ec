# ruff: noqa: S608  constants of this file
from django.db import migrations, models

from shali.foundation.jurisdictions.references import asked_once, never_removed

# Thousands of lines change in one statement of the inbox. What changed is found in one pass and summed before its
# township is worked out: of eight thousand changes some hundreds are left.
SUMMED = """
  insert into testing_roundtally (round_id, grain, path, of, guest, state, word, slot, n, is_folded)
  select c.round, g.grain, g.path, c.of, c.guest, c.state, c.word, c.slot, sum(c.n), false
  from (
    select round, path, of, guest, state, word, slot, sum(n) as n from ({changes})
      as d (round, path, of, guest, state, word, slot, n)
    group by 1, 2, 3, 4, 5, 6, 7 having sum(n) <> 0
  ) as c
  cross join lateral (values (1, c.path), (2, testing_township(c.path))) as g (grain, path)
  where g.grain = 2 or c.of <> 2
  group by 1, 2, 3, 4, 5, 6, 7, 8 having sum(c.n) <> 0;
"""
WORD = (
    "case when ({r}).same_as_id is not null then 'merged' when ({r}).exempt <> '' then 'exempt'"
    " when ({r}).missing <> '' then 'missing' else '' end"
)
LINE = f"(({{r}}).round_id, ({{r}}).path, 1, ({{r}}).guest, ({{r}}).standing, {WORD}, null::timestamptz, {{n}}1)"
CURVE = (
    "(({r}).round_id, ({r}).path, 2, false, 0::smallint, '', testing_quarter(({r}).sampled_at),"
    " case when not ({r}).guest and ({r}).sampled_at is not null then {n}1 else 0 end)"
)
# A line that moves to another unit or person takes along whether that person lies in a tube.
HELD = """
  select ({r}).round_id, ({r}).path, 3, false, 0::smallint, '', null::timestamptz, {n}1 from moved
  where exists (select from testing_sample s where s.round_id = ({r}).round_id and s.person_id = ({r}).person_id
    and s.unbound_at is null)
"""
TUBE = (
    "(({r}).round_id, ({r}).path, 4, false, ({r}).state, concat(case when ({r}).received_at is not null then 'r' end,"
    " case when ({r}).lost_at is not null then 'l' end, ({r}).outcome), null::timestamptz, {n}1)"
)


def _pairs(*columns: str) -> str:
    """Return the lines of a statement, as they were and as they are, of which one of these columns changed."""
    sides = (", ".join(f"{side}.{column}" for column in columns) for side in "no")
    differs = "({}) is distinct from ({})".format(*sides)
    return f"select n, o from new_rows n join old_rows o on o.id = n.id where {differs}"


def _both(*shapes: str) -> str:
    return ", ".join(shape.format(r=r, n=sign) for shape in shapes for r, sign in (("c.n", ""), ("c.o", "-")))


FUNCTION = """
create or replace function {name}_tally_update() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$ begin {update} return null; end $$;
"""
ROSTER = FUNCTION.format(
    name="testing_expected",
    update=SUMMED.format(
        changes="with changed as materialized ("
        + _pairs("round_id", "path", "guest", "standing", "exempt", "missing", "sampled_at", "same_as_id", "person_id")
        + "), moved as (select n, o from changed c where ((c.n).round_id, (c.n).path, (c.n).person_id)"
        " is distinct from ((c.o).round_id, (c.o).path, (c.o).person_id))"
        f" select v.* from changed c cross join lateral (values {_both(LINE, CURVE)}) as v"
        f" union all {HELD.format(r='n', n='')} union all {HELD.format(r='o', n='-')}"
    ),
)
TUBES = FUNCTION.format(
    name="testing_tube",
    update=SUMMED.format(
        changes="with changed as materialized ("
        + _pairs("round_id", "path", "state", "received_at", "lost_at", "outcome")
        + f") select v.* from changed c cross join lateral (values {_both(TUBE)}) as v"
    ),
)
NAMED = {
    "round_id": "testing_round",
    "tube_id": "testing_tube",
    "person_id": "people_person",
    "station_id": "testing_station",
    "batch_id": "testing_sealedbatch",
}


class Migration(migrations.Migration):
    dependencies = [("testing", "0019_lines_of_merged_records"), ("people", "0010_references_asked_once")]
    operations = [
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for statement in (
                ROSTER,
                TUBES,
                never_removed("testing_round", "testing_tube", "testing_station", "testing_sealedbatch"),
                asked_once("testing_sample", NAMED),
            )
        ),
        # Nothing looks for a sample by its batch; by its station only whoever counts a whole round.
        migrations.AlterField(
            model_name="sample",
            name="batch",
            field=models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="samples", to="testing.sealedbatch"
            ),
        ),
    ]
