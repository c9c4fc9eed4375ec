from django.db import migrations

from shali.foundation.jurisdictions.walls import whole_tree_at_once

TABLES = ("verification_listentry", "verification_check", "verification_finding", "verification_attempt")


class Migration(migrations.Migration):
    dependencies = [("verification", "0010_findings_looked_at_where_stated")]
    operations = [migrations.RunSQL(whole_tree_at_once(table), migrations.RunSQL.noop) for table in TABLES]
