from django.db import migrations

from shali.foundation.jurisdictions.walls import wall

OF_A_SEEN_TASK = "exists (select from tasks_task t where t.id = task_id)"


class Migration(migrations.Migration):
    dependencies = [("verification", "0013_documents_to_see")]
    operations = [migrations.RunSQL(wall("verification_identityquestion", OF_A_SEEN_TASK), migrations.RunSQL.noop)]
