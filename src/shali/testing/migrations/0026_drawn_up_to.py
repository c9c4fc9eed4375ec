from django.db import migrations, models

# Rosters whose drawing a kill broke off go on where they were.
FILL = """
update testing_round r set drawn_up_to = coalesce(
  (select max(e.person_id) from testing_expected e where e.round_id = r.id and not e.guest), 0
) where r.state = 1
"""


class Migration(migrations.Migration):
    dependencies = [("testing", "0025_whole_tree_at_once")]
    operations = [
        migrations.AddField(
            model_name="round",
            name="drawn_up_to",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
