from django.db import migrations, models

import shali.foundation.jurisdictions.models

# The worker counts; whoever looks at a wall reads, within his own part of the tree.
WALL = """
alter table tasks_stood enable row level security;
alter table tasks_stood force row level security;
create policy tasks_stood_scope on tasks_stood using (path >= shali_scope() and path < shali_scope() || '/');
do $$ begin
  if exists (select from pg_roles where rolname = 'shali_web') then
    revoke insert, update, delete, truncate on tasks_stood from shali_web;
  end if;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0011_bulk_acts")]
    operations = [
        migrations.CreateModel(
            name="Stood",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", shali.foundation.jurisdictions.models.PathField(db_collation="C", max_length=60)),
                ("at", models.DateTimeField()),
                ("open", models.IntegerField()),
                ("overdue", models.IntegerField()),
                ("soon", models.IntegerField()),
                ("two_hours", models.IntegerField()),
                ("not_accepted", models.IntegerField()),
                ("blocked", models.IntegerField()),
                ("ages", models.JSONField()),
                ("oldest_due", models.DateTimeField(null=True)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("at", "path"), name="tasks_stood_once")]},
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]
