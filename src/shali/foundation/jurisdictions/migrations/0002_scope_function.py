from django.db import migrations

from shali.foundation.jurisdictions.walls import SCOPE_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("jurisdictions", "0001_initial")]
    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (SCOPE_FUNCTION,)]
