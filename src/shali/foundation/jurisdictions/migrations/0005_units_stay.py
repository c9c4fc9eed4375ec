from django.db import migrations

from shali.foundation.jurisdictions.references import never_removed


class Migration(migrations.Migration):
    dependencies = [("jurisdictions", "0004_leaner_indexes")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (never_removed("jurisdictions_unit"),)
    ]
