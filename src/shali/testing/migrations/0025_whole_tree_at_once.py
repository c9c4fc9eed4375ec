from django.db import migrations

from shali.foundation.jurisdictions.walls import whole_tree_at_once

# What the inbox reads and writes by the million, under a scope of the whole tree.
TABLES = (
    *("testing_expected", "testing_sample", "testing_tube", "testing_box", "testing_sealedbatch", "testing_station"),
)


class Migration(migrations.Migration):
    dependencies = [("testing", "0024_one_index_for_two")]
    operations = [migrations.RunSQL(whole_tree_at_once(table), migrations.RunSQL.noop) for table in TABLES]
