from django.db import migrations

from shali.foundation.jurisdictions.references import asked_once, never_removed


class Migration(migrations.Migration):
    dependencies = [("tasks", "0012_stood"), ("people", "0010_references_asked_once")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            never_removed("tasks_task"),
            asked_once("tasks_task", {"subject_id": "people_person", "unit_id": "jurisdictions_unit"}),
            asked_once("tasks_event", {"task_id": "tasks_task"}),
        )
    ]
