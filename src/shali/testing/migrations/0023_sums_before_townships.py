# ruff: noqa: S608  constants of this file
from importlib import import_module

from django.db import migrations

PASS = import_module("shali.testing.migrations.0020_sums_in_one_pass")
WORD = PASS.WORD.replace("({r})", "{r}")

# It adds up to what 0020 says, in fewer steps. There each line was told apart into four rows before it was summed, and
# each of them read its columns out of a whole row of the roster again: a tenth of a swab's share of the server's time.
# Now lines that change alike are one row of `alike`, some hundreds of eight thousand; one that moves to another unit or
# person stays a row of its own, for it takes along whether that person lies in a tube. The curve, kept by township
# alone, is summed apart.
COLUMNS = ("round_id", "path", "guest", "standing", "exempt", "missing", "sampled_at", "same_as_id", "person_id")
DIFFERS = "({}) is distinct from ({})".format(*(", ".join(f"{side}.{column}" for column in COLUMNS) for side in "no"))
MOVED = "(n.round_id, n.path, n.person_id) is distinct from (o.round_id, o.path, o.person_id)"
LINE = "({r}_round, {r}_path, 1, {r}_guest, {r}_standing, {r}_word, {n}many)"
HELD = """
    select {r}_round, {r}_path, 3, false, 0::smallint, '', {n}1 from alike
    where {r}_person is not null and exists (select from testing_sample s where s.round_id = {r}_round
      and s.person_id = {r}_person and s.unbound_at is null)"""
SLOT = """
      select {r}_round, {r}_path, {r}_slot, {n}1 from changed
      where {r}_slot is not null and (n_round, n_path, n_slot) is distinct from (o_round, o_path, o_slot)"""


def _side(r: str) -> str:
    return (
        f"{r}.round_id as {r}_round, {r}.path as {r}_path, {r}.guest as {r}_guest, {r}.standing as {r}_standing, "
        f"{WORD.format(r=r)} as {r}_word, case when {MOVED} then {r}.person_id end as {r}_person, "
        f"case when not {r}.guest then testing_quarter({r}.sampled_at) end as {r}_slot"
    )


def _alike(r: str) -> str:
    return ", ".join(f"{r}_{name}" for name in ("round", "path", "guest", "standing", "word", "person"))


def _both(shape: str, between: str) -> str:
    return between.join(shape.format(r=r, n=sign) for r, sign in (("n", ""), ("o", "-")))


ROSTER = PASS.FUNCTION.format(
    name="testing_expected",
    update=f"""
  insert into testing_roundtally (round_id, grain, path, of, guest, state, word, slot, n, is_folded)
  with changed as materialized (
    select {_side("n")}, {_side("o")} from new_rows n join old_rows o on o.id = n.id where {DIFFERS}
  ), alike as materialized (
    select {_alike("n")}, {_alike("o")}, count(*) as many from changed group by {_alike("n")}, {_alike("o")}
  ), lines (round, path, of, guest, state, word, n) as (
    select v.* from alike cross join lateral (values {_both(LINE, ", ")}) as v
    union all {_both(HELD, " union all ")}
  ), units as (
    select round, path, of, guest, state, word, sum(n) as n from lines group by 1, 2, 3, 4, 5, 6 having sum(n) <> 0
  ), curve as (
    select round, testing_township(path) as path, slot, sum(n) as n from ({_both(SLOT, " union all ")}
    ) as s (round, path, slot, n) group by 1, 2, 3 having sum(n) <> 0
  )
  select u.round, g.grain, g.path, u.of, u.guest, u.state, u.word, null, sum(u.n), false
  from units u cross join lateral (values (1, u.path), (2, testing_township(u.path))) as g (grain, path)
  group by 1, 2, 3, 4, 5, 6, 7 having sum(u.n) <> 0
  union all select round, 2, path, 2, false, 0, '', slot, n, false from curve;
""",
)

# As in 0013, summed by unit before its township is worked out.
SAMPLES = """
create or replace function testing_sample_tally_insert() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$ begin
  perform from testing_expected e
    where (e.round_id, e.person_id) in (select round_id, person_id from new_rows) order by e.id for no key update;
  insert into testing_roundtally (round_id, grain, path, of, guest, state, word, slot, n, is_folded)
  select c.round_id, g.grain, g.path, 3, false, 0, '', null, sum(c.n), false
  from (
    select e.round_id, e.path, sum((h.held > 0)::int - (h.held - d.came > 0)::int) as n
    from (
      select round_id, person_id, count(*) as came from new_rows where unbound_at is null group by 1, 2
    ) as d
    join testing_expected e on e.round_id = d.round_id and e.person_id = d.person_id
    cross join lateral (
      select count(*) as held from testing_sample s
      where s.round_id = d.round_id and s.person_id = d.person_id and s.unbound_at is null
    ) as h
    group by 1, 2
  ) as c
  cross join lateral (values (1, c.path), (2, testing_township(c.path))) as g (grain, path)
  group by 1, 2, 3 having sum(c.n) <> 0;
  return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("testing", "0022_most_within")]
    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (ROSTER, SAMPLES)]
