from django.db import migrations, models
from django.db.models import Q

# As before, and how many were struck off with their four facts as well.
ADD = """
alter type verification_tally_change add attribute four_facts int;

create or replace function verification_add_tallies(changes verification_tally_change[])
returns void language sql security definer set search_path = public, pg_temp as $$
  insert into verification_listtally as t (pushed_list_id, grain, path, due_at, entries, people, open, four_facts)
  select c.pushed_list, g.grain, g.path, c.due_at, sum(c.entries), sum(c.people), sum(c.open), sum(c.four_facts)
  from unnest(changes) c
  cross join lateral (values (1, c.path), (2, verification_township(c.path))) as g (grain, path)
  group by 1, 2, 3, 4
  having sum(c.entries) <> 0 or sum(c.people) <> 0 or sum(c.open) <> 0 or sum(c.four_facts) <> 0
  -- Rows are taken in the order of their key, so that two writers never wait for each other.
  order by 1, 2, 3, 4
  on conflict (pushed_list_id, grain, path, due_at) do update set
    entries = t.entries + excluded.entries, people = t.people + excluded.people, open = t.open + excluded.open,
    four_facts = t.four_facts + excluded.four_facts $$;
"""

# Of one entry: 1 if it stands on the list; 1 if it counts (neither repeated nor withdrawn); 1 if it is open as well;
# 1 if it was struck off with its four facts.
COUNTS = """
  {sign} 1, {sign} (e.duplicate_of_id is null and e.ending is distinct from 6)::int,
  {sign} (e.duplicate_of_id is null and e.struck_off_at is null)::int,
  {sign} (e.duplicate_of_id is null and e.ending is not distinct from 1)::int
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
"""  # noqa: S608  constants of this file

FILL = """
update verification_listtally t set four_facts = c.n
from (
  select e.pushed_list_id, g.grain, g.path, k.due_at, count(*) as n
  from verification_listentry e join tasks_task k on k.id = e.task_id
  cross join lateral (values (1, k.path), (2, verification_township(k.path))) as g (grain, path)
  where e.duplicate_of_id is null and e.ending = 1
  group by 1, 2, 3, 4
) as c
where (t.pushed_list_id, t.grain, t.path, t.due_at) = (c.pushed_list_id, c.grain, c.path, c.due_at);
"""


class Migration(migrations.Migration):
    dependencies = [("verification", "0007_tallies_kept")]
    operations = [
        migrations.AddField("listtally", "four_facts", models.IntegerField(default=0)),
        migrations.AddIndex(
            "listentry",
            models.Index(
                fields=["pushed_list", "task"],
                condition=Q(struck_off_at__isnull=True) | ~Q(ending=1),
                name="verification_entry_unsettled",
            ),
        ),
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (ADD, ENTRIES, TASKS, FILL)),
    ]
