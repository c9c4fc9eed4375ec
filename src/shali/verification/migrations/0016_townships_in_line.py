from django.db import migrations

from shali.foundation.jurisdictions.walls import TOWNSHIP_OF_PATH


class Migration(migrations.Migration):
    dependencies = [("verification", "0015_cohorts")]
    operations = [
        migrations.RunSQL(
            f"create or replace function verification_township(path text) returns text language sql immutable"
            f" parallel safe as $$ {TOWNSHIP_OF_PATH} $$",
            migrations.RunSQL.noop,
        )
    ]
