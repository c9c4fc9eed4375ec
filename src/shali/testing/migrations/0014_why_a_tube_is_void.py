from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("testing", "0013_tallies_kept")]
    operations = [
        migrations.AddField(
            model_name="tube",
            name="void_why",
            field=models.CharField(db_default="", default="", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="tube",
            constraint=models.CheckConstraint(
                condition=models.Q(("void_why", ""))
                | models.Q(("state", 3), ("void_why__in", ("broken", "label", "mixed_up"))),
                name="testing_tube_void_why",
            ),
        ),
    ]
