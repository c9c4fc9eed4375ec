from django.db import migrations

from shali.foundation.jurisdictions.walls import path_wall

# A shift is dropped, never moved or removed; somebody who was entered stays on record.
KEPT = """
create or replace function staffing_guard_shift() returns trigger language plpgsql as $$
begin
  if (new.worker_id, new.place, new.starts_at, new.ends_at, new.rested_at)
     is distinct from (old.worker_id, old.place, old.starts_at, old.ends_at, old.rested_at) then
    raise exception 'shift % is dropped, and another given', old.id
      using errcode = '23514', constraint = 'staffing_shift_kept';
  end if;
  return new;
end $$;
create trigger staffing_shift_fixed before update on staffing_shift
  for each row execute function staffing_guard_shift();
create or replace function staffing_refuse_delete() returns trigger language plpgsql as $$
begin raise exception '% is not removed', tg_table_name using errcode = '23001'; end $$;
create trigger staffing_shift_kept before delete on staffing_shift
  for each row execute function staffing_refuse_delete();
create trigger staffing_worker_kept before delete on staffing_worker
  for each row execute function staffing_refuse_delete();
"""


class Migration(migrations.Migration):
    dependencies = [("staffing", "0001_initial"), ("jurisdictions", "0003_moves_openings_and_two_people")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (path_wall("staffing_worker"), path_wall("staffing_shift"), KEPT)
    ]
