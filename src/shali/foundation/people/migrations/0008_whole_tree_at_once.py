from django.db import migrations

from shali.foundation.jurisdictions.walls import whole_tree_at_once

TABLES = ("people_person", "people_document", "people_phone", "people_address")


class Migration(migrations.Migration):
    dependencies = [("people", "0007_keys_by_person")]
    operations = [migrations.RunSQL(whole_tree_at_once(table), migrations.RunSQL.noop) for table in TABLES]
