# ruff: noqa: S608  constants of this file
from django.db import migrations

# A tally follows its rows in the transaction of whoever changes them, as rows that are added: writers of one
# township never wait for each other. The functions run as the tables' owner: a community that exempts somebody changes
# the figure of its township, which it does not see.
ADD = """
create or replace function testing_township(path text) returns text language sql immutable parallel safe as $$
  select array_to_string((string_to_array(path, '.'))[1:3], '.') $$;

create or replace function testing_quarter(at timestamptz) returns timestamptz language sql immutable parallel safe as
$$ select date_bin('15 minutes', at, timestamptz '2020-01-01 00:00:00+00') $$;
"""
# Changes are rows of (round, path, of, guest, state, word, slot, n). The curve is kept by township alone.
INSERT = """
  insert into testing_roundtally (round_id, grain, path, of, guest, state, word, slot, n, is_folded)
  select c.round, g.grain, g.path, c.of, c.guest, c.state, c.word, c.slot, sum(c.n), false
  from ({changes}) as c (round, path, of, guest, state, word, slot, n)
  cross join lateral (values (1, c.path), (2, testing_township(c.path))) as g (grain, path)
  where g.grain = 2 or c.of <> 2
  group by 1, 2, 3, 4, 5, 6, 7, 8 having sum(c.n) <> 0;
"""

WORD = "case when {r}.exempt <> '' then 'exempt' when {r}.missing <> '' then 'missing' else '' end"
# Of one line of a roster: where its person stands; when he was sampled; whether a sample of his is in a tube.
LINE = (
    "select {r}.round_id, {r}.path, 1, {r}.guest, {r}.standing, "
    + WORD
    + ", null::timestamptz, {sign} 1 from {rows}"
    + " union all select {r}.round_id, {r}.path, 2, false, 0::smallint, '', testing_quarter({r}.sampled_at), {sign} 1"
    + " from {rows} where not {r}.guest and {r}.sampled_at is not null"
)
HELD = (
    "select {r}.round_id, {r}.path, 3, false, 0::smallint, '', null::timestamptz, {sign} 1 from {rows}"
    " where exists (select from testing_sample s where s.round_id = {r}.round_id and s.person_id = {r}.person_id"
    " and s.unbound_at is null)"
)
TUBE = (
    "select {r}.round_id, {r}.path, 4, false, {r}.state, concat(case when {r}.received_at is not null then 'r' end,"
    " case when {r}.lost_at is not null then 'l' end, {r}.outcome), null::timestamptz, {sign} 1 from {rows}"
)


def _sides(shape: str, changed: str) -> str:
    """Return what changed rows add and take, as changes."""
    rows = "(select {r}.* from new_rows n join old_rows o on o.id = n.id where " + changed + ") as {r}"
    sides = (shape.replace("{rows}", rows).format(r=r, sign=sign) for r, sign in (("n", ""), ("o", "-")))
    return " union all ".join(sides)


def _differs(*columns: str) -> str:
    sides = (", ".join(f"{side}.{column}" for column in columns) for side in "no")
    return "({}) is distinct from ({})".format(*sides)


TRIGGERS = """
create or replace function {name}_tally_insert() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$ begin {insert} return null; end $$;
create trigger {name}_tally_insert after insert on {name}
  referencing new table as new_rows for each statement execute function {name}_tally_insert();
create or replace function {name}_tally_update() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$ begin {update} return null; end $$;
create trigger {name}_tally_update after update on {name}
  referencing old table as old_rows new table as new_rows for each statement execute function {name}_tally_update();
"""
ROSTER = TRIGGERS.format(
    name="testing_expected",
    insert=INSERT.format(
        changes=" union all ".join(one.format(r="n", sign="", rows="new_rows n") for one in (LINE, HELD))
    ),
    update=INSERT.format(
        changes=_sides(LINE, _differs("round_id", "path", "guest", "standing", "exempt", "missing", "sampled_at"))
        + " union all "
        + _sides(HELD, _differs("round_id", "path", "person_id"))
    ),
)
TUBES = TRIGGERS.format(
    name="testing_tube",
    insert=INSERT.format(changes=TUBE.format(r="n", sign="", rows="new_rows n")),
    update=INSERT.format(
        changes=_sides(TUBE, _differs("round_id", "path", "state", "received_at", "lost_at", "outcome"))
    ),
)

# A person is in a tube with his first bound sample, and until his last one is unbound. His line of the roster is
# locked: of two who bring samples of one person at once, the second counts what the first has written.
IN_TUBES = """
  perform from testing_expected e
    where (e.round_id, e.person_id) in (select round_id, person_id from ({rows}) as x) order by e.id for no key update;
""" + INSERT.format(
    changes="""
  select e.round_id, e.path, 3, false, 0::smallint, '', null::timestamptz,
    (h.held > 0)::int - (h.held - d.came > 0)::int
  from (select round_id, person_id, sum(sign) as came from ({rows}) as x where is_bound group by 1, 2) as d
  join testing_expected e on e.round_id = d.round_id and e.person_id = d.person_id
  cross join lateral (
    select count(*) as held from testing_sample s
    where s.round_id = d.round_id and s.person_id = d.person_id and s.unbound_at is null
  ) as h
"""
)
_NEW = "select round_id, person_id, unbound_at is null as is_bound, 1 as sign from new_rows"
_OLD = "select round_id, person_id, unbound_at is null, -1 from old_rows"
SAMPLES = TRIGGERS.format(
    name="testing_sample",
    insert=IN_TUBES.replace("{rows}", _NEW),
    update=IN_TUBES.replace("{rows}", f"{_NEW} union all {_OLD}"),
)

FOLD = """
create or replace function testing_fold_tallies() returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare folded int;
begin
  if not pg_try_advisory_xact_lock(hashtext('testing_roundtally')) then
    return 0;
  end if;
  with gone as (delete from testing_roundtally where not is_folded returning *),
  kept as (
    insert into testing_roundtally as t (round_id, of, grain, path, guest, state, word, slot, n, is_folded)
    select g.round_id, g.of, g.grain, g.path, g.guest, g.state, g.word, g.slot, sum(g.n), true
    from gone g group by 1, 2, 3, 4, 5, 6, 7, 8 having sum(g.n) <> 0
    on conflict (round_id, of, grain, path, guest, state, word, slot) where is_folded
      do update set n = t.n + excluded.n
  )
  select count(*) into folded from gone;
  return folded;
end $$;
"""
FILL = (
    INSERT.format(
        changes=" union all ".join(
            (
                LINE.format(r="e", sign="", rows="testing_expected e"),
                HELD.format(r="e", sign="", rows="testing_expected e"),
                TUBE.format(r="t", sign="", rows="testing_tube t"),
            )
        )
    )
    + "select testing_fold_tallies(); analyze testing_roundtally;"
)
# The owner is not bound: his functions write figures of units that the writer does not see.
WALL = """
alter table testing_roundtally enable row level security;
create policy testing_roundtally_scope on testing_roundtally
  using (path >= shali_scope() and path < shali_scope() || '/');
do $$ begin
  if exists (select from pg_roles where rolname = 'shali_web') then
    revoke insert, update, delete, truncate on testing_roundtally from shali_web, shali_worker;
  end if;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("testing", "0012_tallies")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (ADD, ROSTER, TUBES, SAMPLES, FOLD, FILL, WALL)
    ]
