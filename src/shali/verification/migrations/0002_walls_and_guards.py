from django.db import migrations

from shali.foundation.jurisdictions.walls import append_only, path_wall, wall

OF_A_SEEN_TASK = "exists (select from tasks_task t where t.id = task_id)"
# Whoever received a list sees it, and so does every unit that was handed one of its people.
RECEIVED_OR_ASKED = """
  (path >= shali_scope() and path < shali_scope() || '/')
  or exists (select from verification_listentry e where e.pushed_list_id = verification_pushedlist.id)
"""

# A verification task closes only over an ended check, and an ended check reopens only under an open task.
CLOSING_GUARD = """
create or replace function verification_guard_closing() returns trigger language plpgsql as $$
declare ended smallint;
begin
  select ending into ended from verification_check where task_id = new.id for share;
  if ended is null then
    raise exception 'task % closes only when its four facts or a lawful other end are established', new.id
      using errcode = '23514', constraint = 'verification_task_closes_with_its_facts';
  end if;
  return new;
end $$;
create trigger verification_task_closing before insert or update of state on tasks_task
  for each row when (new.state = 3 and new.kind = 'verification') execute function verification_guard_closing();

create or replace function verification_guard_reopening() returns trigger language plpgsql as $$
declare task_state smallint;
begin
  select state into task_state from tasks_task where id = new.task_id for share;
  if task_state = 3 then
    raise exception 'check % stays ended while its task is closed', new.task_id using errcode = '23514';
  end if;
  return new;
end $$;
create trigger verification_check_reopening before update of ending on verification_check
  for each row when (old.ending is not null and new.ending is distinct from old.ending)
  execute function verification_guard_reopening();
"""

# Each of the four facts points to a finding of this task, about this fact, that establishes it.
FINDING_GUARD = """
create or replace function verification_guard_findings() returns trigger language plpgsql as $$
declare wrong int;
begin
  select count(*) into wrong
  from (values (new.counted_id, 1), (new.identified_id, 2), (new.located_id, 3), (new.controlled_id, 4))
    as stated (finding, fact)
  left join verification_finding f
    on f.id = stated.finding and f.task_id = new.task_id and f.fact = stated.fact and f.establishes
  where stated.finding is not null and f.id is null;
  if wrong > 0 then
    raise exception '% of the facts of check % rest on no finding of their own', wrong, new.task_id
      using errcode = '23514', constraint = 'verification_check_facts_have_findings';
  end if;
  return new;
end $$;
create trigger verification_check_findings
  before insert or update of counted_id, identified_id, located_id, controlled_id on verification_check
  for each row execute function verification_guard_findings();
"""

# A list is closed when everybody on it is struck off and no row of its file waits for review.
LIST_GUARD = """
create or replace function verification_guard_list() returns trigger language plpgsql as $$
begin
  if exists (
    select from verification_listentry e
    where e.pushed_list_id = new.id and e.struck_off_at is null and e.duplicate_of_id is null
  ) or exists (select from intake_batch b where b.id = new.batch_id and b.doubtful > 0) then
    raise exception 'list % has people who are not struck off', new.id
      using errcode = '23514', constraint = 'verification_list_closes_when_all_struck_off';
  end if;
  return new;
end $$;
create trigger verification_list_closing before insert or update of state on verification_pushedlist
  for each row when (new.state = 3) execute function verification_guard_list();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0001_initial"),
        ("tasks", "0002_walls_and_clock"),
        ("intake", "0002_walls"),
    ]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            wall("verification_listentry", OF_A_SEEN_TASK),
            wall("verification_pushedlist", RECEIVED_OR_ASKED),
            wall("verification_check", OF_A_SEEN_TASK),
            wall("verification_finding", OF_A_SEEN_TASK),
            wall("verification_attempt", OF_A_SEEN_TASK),
            path_wall("verification_anomaly"),
            append_only("verification_finding"),
            append_only("verification_attempt"),
            CLOSING_GUARD,
            FINDING_GUARD,
            LIST_GUARD,
        )
    ]
