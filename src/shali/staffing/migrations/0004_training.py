import django.db.models.deletion
from django.db import migrations, models

import shali.foundation.jurisdictions.models
from shali.foundation.jurisdictions.walls import path_wall

# What was said of somebody's training stands; who needs training is given no shift without it. The server does not know
# the city's own day, so one day is let pass here that the service does not.
GUARDS = """
create function staffing_guard_training() returns trigger language plpgsql as $$
begin
  if (new.worker_id, new.until, new.renewed_at, new.renewed_by)
     is distinct from (old.worker_id, old.until, old.renewed_at, old.renewed_by) then
    raise exception 'training % stands; write another', old.id
      using errcode = '23514', constraint = 'staffing_training_stands';
  end if;
  return new;
end $$;
create trigger staffing_training_fixed before update on staffing_training
  for each row execute function staffing_guard_training();
create trigger staffing_training_not_removed before delete on staffing_training
  for each row execute function staffing_refuse_delete();

create function staffing_guard_trained() returns trigger language plpgsql as $$
begin
  if exists (
    select from staffing_worker w where w.id = new.worker_id and w.kind = 'sampler'
      and coalesce(w.trained_until, '-infinity') < (new.ends_at at time zone 'UTC')::date - 1
  ) then
    raise exception 'worker % is not trained for that shift', new.worker_id
      using errcode = '23514', constraint = 'staffing_shift_trained';
  end if;
  return new;
end $$;
create trigger staffing_shift_of_trained before insert on staffing_shift
  for each row execute function staffing_guard_trained();
"""
# Who was entered with a day is known to be trained until then; nobody wrote down another word of it.
KNOWN = """
insert into staffing_training (path, worker_id, until, renewed_at, renewed_by)
select w.path, w.id, w.trained_until, w.entered_at, w.entered_by from staffing_worker w
where w.trained_until is not null
"""


class Migration(migrations.Migration):
    dependencies = [("staffing", "0003_calls")]

    operations = [
        migrations.CreateModel(
            name="Training",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", shali.foundation.jurisdictions.models.PathField(db_collation="C", max_length=60)),
                ("until", models.DateField()),
                ("renewed_at", models.DateTimeField()),
                ("renewed_by", models.CharField(max_length=60)),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trainings",
                        to="staffing.worker",
                    ),
                ),
            ],
        ),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for statement in (KNOWN, path_wall("staffing_training"), GUARDS)
        ),
    ]
