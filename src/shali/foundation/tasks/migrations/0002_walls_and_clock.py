from django.db import migrations

from shali.foundation.jurisdictions.walls import append_only, wall

PARTY_TO_IT = """
  (from_path >= shali_scope() and from_path < shali_scope() || '/')
  or (to_path >= shali_scope() and to_path < shali_scope() || '/')
  or (arbiter_path >= shali_scope() and arbiter_path < shali_scope() || '/')
"""
# The owner's part of the tree sees a task, and so does the unit that was asked to take it.
OWNED_OR_OFFERED = """
  (path >= shali_scope() and path < shali_scope() || '/')
  or exists (
    select from tasks_transfer t
    where t.task_id = tasks_task.id and t.state in (1, 4)
      and t.to_path >= shali_scope() and t.to_path < shali_scope() || '/'
  )
"""
OF_A_SEEN_TASK = "exists (select from tasks_task t where t.id = task_id)"
TOLD_OR_SEEN = "(to_path >= shali_scope() and to_path < shali_scope() || '/') or " + OF_A_SEEN_TASK

CLOCK_GUARD = """
create or replace function tasks_guard_clock() returns trigger language plpgsql as $$
begin
  if new.handed_over_at is distinct from old.handed_over_at then
    raise exception 'the clock of task % runs from its hand-over and is never set anew', old.id using errcode = '23514';
  end if;
  if new.due_at > old.due_at then
    raise exception 'the deadline of task % may come forward and never move back', old.id using errcode = '23514';
  end if;
  return new;
end $$;
create trigger tasks_task_clock before update of handed_over_at, due_at on tasks_task
  for each row execute function tasks_guard_clock();
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial"), ("jurisdictions", "0002_scope_function")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            wall("tasks_transfer", PARTY_TO_IT),
            wall("tasks_task", OWNED_OR_OFFERED),
            wall("tasks_event", OF_A_SEEN_TASK),
            wall("tasks_jointrequest", OF_A_SEEN_TASK),
            wall("tasks_reminder", TOLD_OR_SEEN),
            append_only("tasks_event"),
            append_only("tasks_reminder"),
            CLOCK_GUARD,
        )
    ]
