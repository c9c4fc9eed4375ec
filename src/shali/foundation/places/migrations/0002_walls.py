from django.db import migrations

from shali.foundation.jurisdictions.walls import path_wall


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial"), ("jurisdictions", "0002_scope_function")]
    operations = [migrations.RunSQL(path_wall("places_household"), migrations.RunSQL.noop)]
