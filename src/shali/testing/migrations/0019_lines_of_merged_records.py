from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

# The sums are kept as before, with one word more; their triggers are those of that migration.
KEPT = import_module("shali.testing.migrations.0013_tallies_kept")
ROSTER = KEPT.ROSTER
for side in "no":
    before = f"case when {side}.exempt <> ''"
    assert before in ROSTER
    ROSTER = ROSTER.replace(before, f"case when {side}.same_as_id is not null then 'merged' when {side}.exempt <> ''")
    assert f"{side}.missing, {side}.sampled_at" in ROSTER
    ROSTER = ROSTER.replace(
        f"{side}.missing, {side}.sampled_at", f"{side}.missing, {side}.sampled_at, {side}.same_as_id"
    )
TALLIES = f"""
drop trigger testing_expected_tally_insert on testing_expected;
drop trigger testing_expected_tally_update on testing_expected;
{ROSTER}
"""

# Nobody is taken off the list of those left but whose record was merged into another with a line in the same round.
GUARD = """
create or replace function testing_guard_same() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from testing_expected o where o.id = new.same_as_id and o.round_id = new.round_id)
     or not exists (select from people_person p where p.id = new.person_id and p.merged_into_id is not null) then
    raise exception 'line % is no other line: its record was not merged into one of this round', new.id
      using errcode = '23514', constraint = 'testing_expected_same_is_merged';
  end if;
  return new;
end $$;
create trigger testing_expected_same before insert or update of same_as_id on testing_expected
  for each row when (new.same_as_id is not null) execute function testing_guard_same();
"""
# As it was, and: a line that is the same person as another is no one left.
CLOSING_GUARD = import_module("shali.testing.migrations.0008_answered_for").CLOSING_GUARD.replace(
    "and e.missing = ''", "and e.missing = '' and e.same_as_id is null"
)
assert "same_as_id" in CLOSING_GUARD
# Merges that were made before: the lines stood beside each other.
FILL = """
update testing_expected e set same_as_id = o.id from people_person p, testing_expected o
where p.id = e.person_id and p.merged_into_id is not null and o.person_id = p.merged_into_id and o.round_id = e.round_id
  and e.standing = 0 and not o.guest
"""


class Migration(migrations.Migration):
    dependencies = [("testing", "0018_guests_settled"), ("people", "0010_references_asked_once")]
    operations = [
        migrations.AddField(
            model_name="expected",
            name="same_as",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="testing.expected",
            ),
        ),
        migrations.AddConstraint(
            model_name="expected",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("same_as__isnull", True),
                    models.Q(("standing", 0), models.Q(("same_as", models.F("id")), _negated=True)),
                    _connector="OR",
                ),
                name="testing_expected_same_is_not_sampled",
            ),
        ),
        migrations.RunSQL(TALLIES, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
        migrations.RunSQL(CLOSING_GUARD, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
