from django.db import migrations

from shali.foundation.jurisdictions.references import asked_once, never_removed


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0011_whole_tree_at_once"),
        ("tasks", "0013_references_asked_once"),
        ("intake", "0005_references_asked_once"),
    ]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            never_removed("verification_pushedlist"),
            asked_once(
                "verification_listentry",
                {
                    "pushed_list_id": "verification_pushedlist",
                    "person_id": "people_person",
                    "task_id": "tasks_task",
                    "row_id": "intake_row",
                },
            ),
        )
    ]
