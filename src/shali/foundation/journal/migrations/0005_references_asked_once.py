from django.db import migrations

from shali.foundation.jurisdictions.references import asked_once


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_written_by"), ("jurisdictions", "0005_units_stay")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (asked_once("journal_fact", {"cause_id": "journal_fact"}),)
    ]
