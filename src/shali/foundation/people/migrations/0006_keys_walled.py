"""Who shares a blind key with whom is for identification alone, which compares a row with the whole register."""

from django.db import migrations

from shali.foundation.jurisdictions.walls import whole_tree_wall


class Migration(migrations.Migration):
    dependencies = [("people", "0005_leaner_indexes")]
    operations = [migrations.RunSQL(whole_tree_wall("people_key"), migrations.RunSQL.noop)]
