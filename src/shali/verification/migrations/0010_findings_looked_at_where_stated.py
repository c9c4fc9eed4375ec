"""A check without facts, as all are at their opening, asks nothing of the guard, which ran for each."""

from django.db import migrations

STATED_ONLY = """
drop trigger verification_check_findings on verification_check;
create trigger verification_check_findings
  before insert or update of counted_id, identified_id, located_id, controlled_id on verification_check
  for each row when (num_nonnulls(new.counted_id, new.identified_id, new.located_id, new.controlled_id) > 0)
  execute function verification_guard_findings();
"""


class Migration(migrations.Migration):
    dependencies = [("verification", "0009_leaner_indexes")]
    operations = [migrations.RunSQL(STATED_ONLY, migrations.RunSQL.noop)]
