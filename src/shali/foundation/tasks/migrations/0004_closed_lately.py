from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0003_disputed_transfers")]
    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state", 3)), fields=["closed_at", "path"], name="tasks_task_closed_lately"
            ),
        ),
    ]
