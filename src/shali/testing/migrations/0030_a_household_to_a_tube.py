from django.db import migrations, models

SIZES = [1, 5, 10, 15, 20]  # 15: a household
HELD = (
    ("round", "testing_round_pool", "pool_size"),
    ("site", "testing_site_pool", "pool_size"),
    ("tube", "testing_tube_size", "size"),
    ("zone", "testing_zone_pool", "pool_size"),
)


class Migration(migrations.Migration):
    dependencies = [("testing", "0029_sums_in_less")]

    operations = [
        *(migrations.RemoveConstraint(model_name=model, name=name) for model, name, _ in HELD),
        *(
            migrations.AddConstraint(
                model_name=model,
                constraint=models.CheckConstraint(condition=models.Q((f"{column}__in", SIZES)), name=name),
            )
            for model, name, column in HELD
        ),
    ]
