from django.db import migrations

# The sums follow their tasks in the transaction of whoever changes one. The functions run as the tables' owner: a
# community that closes a task changes the figure of its township, which it does not see.
ADD = """
create or replace function tasks_township(path text) returns text language sql immutable parallel safe as $$
  select array_to_string((string_to_array(path, '.'))[1:3], '.') $$;

create type tasks_standing_change as (
  kind text, path text, handed_over_at timestamptz, due_at timestamptz, open int, not_accepted int, blocked int);
create type tasks_flow_change as (
  kind text, path text, at timestamptz, handed_over int, closed int, in_a_day int, last_word timestamptz);

-- Rows are taken in the order of their key, so that two writers never wait for each other.
create or replace function tasks_add_standing(changes tasks_standing_change[])
returns void language sql security definer set search_path = public, pg_temp as $$
  insert into tasks_standing as t (path, kind, handed_over_at, due_at, open, not_accepted, blocked)
  select tasks_township(c.path), c.kind, c.handed_over_at, c.due_at, sum(c.open), sum(c.not_accepted), sum(c.blocked)
  from unnest(changes) c
  group by 1, 2, 3, 4
  having sum(c.open) <> 0 or sum(c.not_accepted) <> 0 or sum(c.blocked) <> 0
  order by 1, 2, 3, 4
  on conflict (path, kind, handed_over_at, due_at) do update set
    open = t.open + excluded.open, not_accepted = t.not_accepted + excluded.not_accepted,
    blocked = t.blocked + excluded.blocked $$;

create or replace function tasks_add_flow(changes tasks_flow_change[])
returns void language sql security definer set search_path = public, pg_temp as $$
  insert into tasks_flow as t (path, kind, hour, handed_over, closed, in_a_day, last_word)
  select tasks_township(c.path), c.kind, date_trunc('hour', c.at, 'UTC'),
    sum(c.handed_over), sum(c.closed), sum(c.in_a_day), max(c.last_word)
  from unnest(changes) c
  where c.at is not null
  group by 1, 2, 3
  having sum(c.handed_over) <> 0 or sum(c.closed) <> 0 or sum(c.in_a_day) <> 0 or max(c.last_word) is not null
  order by 1, 2, 3
  on conflict (path, kind, hour) do update set
    handed_over = t.handed_over + excluded.handed_over, closed = t.closed + excluded.closed,
    in_a_day = t.in_a_day + excluded.in_a_day, last_word = greatest(t.last_word, excluded.last_word) $$;
"""

# Of one task: what it adds to the sums, or takes from them.
STANDING = """({row}.kind, {row}.path, {row}.handed_over_at, {row}.due_at, {sign} ({row}.state <> 3)::int,
  {sign} ({row}.state = 1)::int, {sign} ({row}.state <> 3 and {row}.blocked_since is not null)::int
  )::tasks_standing_change"""
HANDED_OVER = """({row}.kind, {row}.path, {row}.handed_over_at, {sign} 1, 0,
  {sign} coalesce({row}.closed_at <= {row}.handed_over_at + interval '24 hours', false)::int, null
  )::tasks_flow_change"""
CLOSED = "({row}.kind, {row}.path, {row}.closed_at, 0, {sign} 1, 0, {word})::tasks_flow_change"
ACCEPTED = "(n.kind, n.path, n.accepted_at, 0, 0, 0, n.accepted_at)::tasks_flow_change"


def _sides(shape: str, *, word: str = "null") -> tuple[str, str]:
    return shape.format(row="n", sign="", word=word), shape.format(row="o", sign="-", word="null")


ONE_SIDE = """
create or replace function tasks_tally_{name}() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform tasks_add_standing((select array_agg({standing}) from rows_changed {row}));
  perform tasks_add_flow((select array_agg(f) from (
    select {handed_over} as f from rows_changed {row}
    union all select {closed} from rows_changed {row} where {row}.closed_at is not null
    {accepted}) as flows));
  return null;
end $$;
create trigger tasks_task_tally_{name} after {name} on tasks_task
  referencing {table} table as rows_changed for each statement execute function tasks_tally_{name}();
"""
INSERT = ONE_SIDE.format(
    name="insert",
    table="new",
    row="n",
    standing=_sides(STANDING)[0],
    handed_over=_sides(HANDED_OVER)[0],
    closed=_sides(CLOSED, word="n.closed_at")[0],
    accepted=f"union all select {ACCEPTED} from rows_changed n where n.accepted_at is not null",  # noqa: S608
)
DELETE = ONE_SIDE.format(
    name="delete",
    table="old",
    row="o",
    standing=_sides(STANDING)[1],
    handed_over=_sides(HANDED_OVER)[1],
    closed=_sides(CLOSED)[1],
    accepted="",
)
UPDATE = f"""
create or replace function tasks_tally_update() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform tasks_add_standing((select array_agg(s) from (
    select unnest(array[{_sides(STANDING)[0]}, {_sides(STANDING)[1]}]) as s
    from new_rows n join old_rows o using (id)
    where (n.path, n.due_at, n.state, n.blocked_since is null) is distinct from
          (o.path, o.due_at, o.state, o.blocked_since is null)) as standing));
  perform tasks_add_flow((select array_agg(f) from (
    select unnest(array[{_sides(HANDED_OVER)[0]}, {_sides(HANDED_OVER)[1]}]) as f
      from new_rows n join old_rows o using (id)
      where (n.path, n.closed_at) is distinct from (o.path, o.closed_at)
    union all select {_sides(CLOSED, word="n.closed_at")[0]} from new_rows n join old_rows o using (id)
      where n.closed_at is not null and (n.path, n.closed_at) is distinct from (o.path, o.closed_at)
    union all select {_sides(CLOSED)[1]} from new_rows n join old_rows o using (id)
      where o.closed_at is not null and (n.path, n.closed_at) is distinct from (o.path, o.closed_at)
    union all select {ACCEPTED} from new_rows n join old_rows o using (id)
      where n.accepted_at is not null and (n.path, n.accepted_at) is distinct from (o.path, o.accepted_at)) as flows));
  return null;
end $$;
create trigger tasks_task_tally_update after update on tasks_task
  referencing old table as old_rows new table as new_rows
  for each statement execute function tasks_tally_update();
"""  # noqa: S608  constants of this file

FILL = """
insert into tasks_standing (path, kind, handed_over_at, due_at, open, not_accepted, blocked)
select tasks_township(path), kind, handed_over_at, due_at,
  count(*), count(*) filter (where state = 1), count(*) filter (where blocked_since is not null)
from tasks_task where state <> 3 group by 1, 2, 3, 4;
insert into tasks_flow (path, kind, hour, handed_over, closed, in_a_day, last_word)
select tasks_township(path), kind, date_trunc('hour', at, 'UTC'), sum(came), sum(went), sum(in_time), max(word)
from (
  select path, kind, handed_over_at as at, 1 as came, 0 as went,
    coalesce(closed_at <= handed_over_at + interval '24 hours', false)::int as in_time, null::timestamptz as word
  from tasks_task
  union all select path, kind, closed_at, 0, 1, 0, closed_at from tasks_task where closed_at is not null
  union all select path, kind, accepted_at, 0, 0, 0, accepted_at from tasks_task where accepted_at is not null
) as flows group by 1, 2, 3;
analyze tasks_standing, tasks_flow;
"""

# The owner is not bound: his functions write figures of units that the writer does not see.
WALL = """
alter table {table} enable row level security;
create policy {table}_scope on {table} using (path >= shali_scope() and path < shali_scope() || '/');
do $$ begin
  if exists (select from pg_roles where rolname = 'shali_web') then
    revoke insert, update, delete, truncate on {table} from shali_web, shali_worker;
  end if;
end $$;
"""
WALLS = WALL.format(table="tasks_standing") + WALL.format(table="tasks_flow")


class Migration(migrations.Migration):
    dependencies = [("tasks", "0006_tallies")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (ADD, INSERT, DELETE, UPDATE, FILL, WALLS)
    ]
