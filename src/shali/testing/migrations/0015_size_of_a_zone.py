from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("testing", "0014_why_a_tube_is_void")]
    operations = [
        migrations.RemoveConstraint(model_name="tube", name="testing_tube_conflict"),
        migrations.AddConstraint(
            model_name="tube",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "conflict__in",
                        ("", "two_stations", "overfull", "after_sealing", "reused", "count_differs", "zone_size"),
                    )
                ),
                name="testing_tube_conflict",
            ),
        ),
    ]
