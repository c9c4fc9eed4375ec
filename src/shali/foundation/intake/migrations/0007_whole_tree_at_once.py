from django.db import migrations

from shali.foundation.jurisdictions.walls import whole_tree_at_once


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_found_in_person_and_held")]
    operations = [migrations.RunSQL(whole_tree_at_once("intake_row"), migrations.RunSQL.noop)]
