from django.db import migrations

from shali.foundation.jurisdictions.walls import SCOPE_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("jurisdictions", "0005_units_stay")]
    # What was a function of its own language is written into each wall that asks; it says and refuses the same.
    operations = [migrations.RunSQL(SCOPE_FUNCTION, migrations.RunSQL.noop)]
