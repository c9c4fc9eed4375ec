from django.db import migrations

# A tally follows its entries in the transaction of whoever changes them. The functions run as the tables' owner: a
# community that strikes somebody off changes the figure of its township, which it does not see.
ADD = """
create or replace function verification_township(path text) returns text language sql immutable parallel safe as $$
  select array_to_string((string_to_array(path, '.'))[1:3], '.') $$;

create type verification_tally_change as (
  pushed_list bigint, path text, due_at timestamptz, entries int, people int, open int);

create or replace function verification_add_tallies(changes verification_tally_change[])
returns void language sql security definer set search_path = public, pg_temp as $$
  insert into verification_listtally as t (pushed_list_id, grain, path, due_at, entries, people, open)
  select c.pushed_list, g.grain, g.path, c.due_at, sum(c.entries), sum(c.people), sum(c.open)
  from unnest(changes) c
  cross join lateral (values (1, c.path), (2, verification_township(c.path))) as g (grain, path)
  group by 1, 2, 3, 4
  having sum(c.entries) <> 0 or sum(c.people) <> 0 or sum(c.open) <> 0
  -- Rows are taken in the order of their key, so that two writers never wait for each other.
  order by 1, 2, 3, 4
  on conflict (pushed_list_id, grain, path, due_at) do update set
    entries = t.entries + excluded.entries, people = t.people + excluded.people, open = t.open + excluded.open $$;
"""

# Of one entry: 1 if it stands on the list; 1 if it counts (neither repeated nor withdrawn); 1 if it is open as well.
COUNTS = """
  {sign} 1, {sign} (e.duplicate_of_id is null and e.ending is distinct from 6)::int,
  {sign} (e.duplicate_of_id is null and e.struck_off_at is null)::int
"""

ENTRIES = f"""
create or replace function verification_tally_entries() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare changes verification_tally_change[];
begin
  -- Nobody passes a task on while an asker of it is counted.
  if tg_op = 'INSERT' then
    perform from tasks_task where id in (select task_id from new_rows) order by id for share;
    select array_agg((e.pushed_list_id, t.path, t.due_at, {COUNTS.format(sign="")})::verification_tally_change)
      into changes from new_rows e join tasks_task t on t.id = e.task_id;
  elsif tg_op = 'DELETE' then
    perform from tasks_task where id in (select task_id from old_rows) order by id for share;
    select array_agg((e.pushed_list_id, t.path, t.due_at, {COUNTS.format(sign="-")})::verification_tally_change)
      into changes from old_rows e join tasks_task t on t.id = e.task_id;
  else
    perform from tasks_task
      where id in (select task_id from new_rows union all select task_id from old_rows) order by id for share;
    select array_agg(change) into changes from (
      select (e.pushed_list_id, t.path, t.due_at, {COUNTS.format(sign="")})::verification_tally_change as change
        from new_rows e join tasks_task t on t.id = e.task_id
      union all
      select (e.pushed_list_id, t.path, t.due_at, {COUNTS.format(sign="-")})::verification_tally_change
        from old_rows e join tasks_task t on t.id = e.task_id
    ) as both_sides;
  end if;
  perform verification_add_tallies(changes);
  return null;
end $$;
create trigger verification_listentry_tally_insert after insert on verification_listentry
  referencing new table as new_rows for each statement execute function verification_tally_entries();
create trigger verification_listentry_tally_update after update on verification_listentry
  referencing old table as old_rows new table as new_rows
  for each statement execute function verification_tally_entries();
create trigger verification_listentry_tally_delete after delete on verification_listentry
  referencing old table as old_rows for each statement execute function verification_tally_entries();
"""  # noqa: S608  constants of this file

# A task that goes to another unit, or whose deadline comes forward, takes its askers along.
TASKS = f"""
create or replace function verification_tally_tasks() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare changes verification_tally_change[];
begin
  select array_agg(change) into changes from (
    select (e.pushed_list_id, n.path, n.due_at, {COUNTS.format(sign="")})::verification_tally_change as change
      from new_rows n join old_rows o using (id) join verification_listentry e on e.task_id = n.id
      where (n.path, n.due_at) is distinct from (o.path, o.due_at)
    union all
    select (e.pushed_list_id, o.path, o.due_at, {COUNTS.format(sign="-")})::verification_tally_change
      from new_rows n join old_rows o using (id) join verification_listentry e on e.task_id = n.id
      where (n.path, n.due_at) is distinct from (o.path, o.due_at)
  ) as both_sides;
  if changes is not null then
    perform verification_add_tallies(changes);
  end if;
  return null;
end $$;
create trigger tasks_task_list_tallies after update on tasks_task
  referencing old table as old_rows new table as new_rows
  for each statement execute function verification_tally_tasks();
"""  # noqa: S608  constants of this file

FILL = f"""
insert into verification_listtally (pushed_list_id, grain, path, due_at, entries, people, open)
select c.pushed_list, g.grain, g.path, c.due_at, sum(c.entries), sum(c.people), sum(c.open)
from (
  select e.pushed_list_id, t.path, t.due_at, {COUNTS.format(sign="")}
  from verification_listentry e join tasks_task t on t.id = e.task_id
) as c (pushed_list, path, due_at, entries, people, open)
cross join lateral (values (1, c.path), (2, verification_township(c.path))) as g (grain, path)
group by 1, 2, 3, 4;
analyze verification_listtally;
"""  # noqa: S608  constants of this file

# The owner is not bound: his functions write figures of units that the writer does not see.
WALL = """
alter table verification_listtally enable row level security;
create policy verification_listtally_scope on verification_listtally
  using (path >= shali_scope() and path < shali_scope() || '/');
do $$ begin
  if exists (select from pg_roles where rolname = 'shali_web') then
    revoke insert, update, delete, truncate on verification_listtally from shali_web, shali_worker;
  end if;
end $$;
"""

# Whoever received a list sees it, and so does every unit that has one of its people: one look at the tally for each.
LISTS = """
drop policy verification_pushedlist_scope on verification_pushedlist;
create policy verification_pushedlist_scope on verification_pushedlist using (
  (path >= shali_scope() and path < shali_scope() || '/')
  or exists (
    select from verification_listtally t
    where t.pushed_list_id = verification_pushedlist.id and t.grain = 1 and t.entries > 0
      and t.path >= shali_scope() and t.path < shali_scope() || '/'
  )
);
"""


class Migration(migrations.Migration):
    dependencies = [("verification", "0006_list_tallies")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (ADD, ENTRIES, TASKS, FILL, WALL, LISTS)
    ]
