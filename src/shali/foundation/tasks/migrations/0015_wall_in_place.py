from django.db import migrations

# Since the scope is written into the statement, a row's own question is cheaper than eight subqueries to plan for each
# task's wall.
WALL = """
alter policy tasks_task_scope on tasks_task using (
  (path >= shali_scope() and path < shali_scope() || '/')
  or exists (
    select from tasks_transfer t
    where t.task_id = tasks_task.id and t.state in (1, 4)
      and t.to_path >= shali_scope() and t.to_path < shali_scope() || '/'
  )
);
alter policy tasks_transfer_scope on tasks_transfer using (
  (from_path >= shali_scope() and from_path < shali_scope() || '/')
  or (to_path >= shali_scope() and to_path < shali_scope() || '/')
  or (arbiter_path >= shali_scope() and arbiter_path < shali_scope() || '/')
);
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0014_townships_in_line"), ("jurisdictions", "0006_scope_in_place")]
    operations = [migrations.RunSQL(WALL, migrations.RunSQL.noop)]
