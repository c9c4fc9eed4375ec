from django.db import migrations

from shali.foundation.jurisdictions.walls import whole_tree_at_once


class Migration(migrations.Migration):
    dependencies = [("people", "0010_references_asked_once")]
    operations = [migrations.RunSQL(whole_tree_at_once("people_sight"), migrations.RunSQL.noop)]
