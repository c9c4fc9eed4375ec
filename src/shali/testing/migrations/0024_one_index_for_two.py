import django.db.models.deletion
from django.db import migrations, models


# Each entry of an index is paid for with every swab: one that begins with the person or the code answers for two.
class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_references_asked_once"),
        ("testing", "0023_sums_before_townships"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="expected",
            name="testing_expected_once",
        ),
        migrations.RemoveIndex(
            model_name="expected",
            name="testing_expected_person",
        ),
        migrations.RemoveIndex(
            model_name="sample",
            name="testing_sample_person",
        ),
        migrations.RemoveIndex(
            model_name="sample",
            name="testing_sample_of_person",
        ),
        migrations.AlterField(
            model_name="sample",
            name="station",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="samples",
                to="testing.station",
            ),
        ),
        migrations.AddIndex(
            model_name="sample",
            index=models.Index(fields=["person", "round"], name="testing_sample_person"),
        ),
        migrations.AddConstraint(
            model_name="expected",
            constraint=models.UniqueConstraint(fields=("person", "round"), name="testing_expected_once"),
        ),
        migrations.RemoveConstraint(
            model_name="tube",
            name="testing_tube_code",
        ),
        migrations.RemoveIndex(
            model_name="tube",
            name="testing_tube_by_code",
        ),
        migrations.AddConstraint(
            model_name="tube",
            constraint=models.UniqueConstraint(fields=("code", "round"), name="testing_tube_code"),
        ),
    ]
