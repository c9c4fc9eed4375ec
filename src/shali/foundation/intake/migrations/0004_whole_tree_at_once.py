from django.db import migrations

from shali.foundation.jurisdictions.walls import whole_tree_at_once

TABLES = ("intake_candidate",)


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_leaner_indexes")]
    operations = [migrations.RunSQL(whole_tree_at_once(table), migrations.RunSQL.noop) for table in TABLES]
