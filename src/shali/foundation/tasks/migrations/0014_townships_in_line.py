from django.db import migrations

from shali.foundation.jurisdictions.walls import TOWNSHIP_OF_PATH


class Migration(migrations.Migration):
    dependencies = [("tasks", "0013_references_asked_once")]
    operations = [
        migrations.RunSQL(
            f"create or replace function tasks_township(path text) returns text language sql immutable parallel safe"
            f" as $$ {TOWNSHIP_OF_PATH} $$",
            migrations.RunSQL.noop,
        )
    ]
