from django.db import migrations

from shali.foundation.jurisdictions.references import asked_once, never_removed


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_whole_tree_at_once"), ("people", "0010_references_asked_once")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            never_removed("intake_batch", "intake_row"),
            asked_once("intake_row", {"batch_id": "intake_batch", "person_id": "people_person"}),
        )
    ]
