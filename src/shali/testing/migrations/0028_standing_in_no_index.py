from django.db import migrations, models

# A sample changes where its person stands, and nothing else of his line. While that stood in two indexes, each sample
# wrote the line's new place into all of them; now the new version lies on the page of the old one, if there is room.
ROOM = "alter table testing_expected set (fillfactor = 50);"


class Migration(migrations.Migration):
    dependencies = [("people", "0011_whole_tree_at_once"), ("testing", "0027_rounds_asked_once")]
    operations = [
        migrations.RemoveIndex(model_name="expected", name="testing_expected_place"),
        migrations.RemoveIndex(model_name="expected", name="testing_expected_left"),
        migrations.AddIndex(
            model_name="expected", index=models.Index(fields=["round", "path", "id"], name="testing_expected_place")
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
    ]
