from django.db import migrations

from shali.foundation.jurisdictions.walls import path_wall, wall


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("jurisdictions", "0002_scope_function")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            path_wall("intake_storedfile"),
            path_wall("intake_batch"),
            path_wall("intake_row"),
            path_wall("intake_review"),
            path_wall("intake_rememberedmapping"),
            wall("intake_candidate", "exists (select from intake_row r where r.id = row_id)"),
        )
    ]
