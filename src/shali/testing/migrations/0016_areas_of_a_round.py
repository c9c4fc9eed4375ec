import django.db.models.deletion
from django.db import migrations, models

import shali.foundation.jurisdictions.models
from shali.foundation.jurisdictions.walls import wall

AS_ITS_ROUND = "exists (select from testing_round r where r.id = round_id)"
# So far a round was of the one unit at which it stands.
FILL = "insert into testing_roundarea (round_id, path) select id, path from testing_round"
# The units are fixed with the first line of the roster: who reads them later reads from what it was drawn.
GUARD = """
create or replace function testing_guard_roundarea() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare made testing_round; changed bigint := case when tg_op = 'DELETE' then old.round_id else new.round_id end;
begin
  select * into made from testing_round r where r.id = changed for share;
  if made.state <> 1 or exists (select from testing_expected e where e.round_id = changed) then
    raise exception 'the roster of round % is begun: its units stay', changed
      using errcode = '23514', constraint = 'testing_roundarea_frozen';
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  if not (new.path = made.path or starts_with(new.path, made.path || '.')) then
    raise exception 'a unit of round % does not lie in its area', changed
      using errcode = '23514', constraint = 'testing_roundarea_lies_in';
  end if;
  if exists (
    select from testing_roundarea a where a.round_id = changed
      and (starts_with(a.path, new.path || '.') or starts_with(new.path, a.path || '.'))
  ) then
    raise exception 'a unit of round % lies in another of its units', changed
      using errcode = '23514', constraint = 'testing_roundarea_apart';
  end if;
  return new;
end $$;
create trigger testing_roundarea_chosen before insert or delete on testing_roundarea
  for each row execute function testing_guard_roundarea();

-- A unit that moves in the tree, or closes, takes its round's area along; nobody else changes one.
create or replace function testing_guard_area_moves() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.round_id <> old.round_id or exists (
    select from jurisdictions_unit u where u.path = old.path and u.closed_on is null
  ) then
    raise exception 'a unit of round % stays: it did not move', old.round_id
      using errcode = '23514', constraint = 'testing_roundarea_frozen';
  end if;
  return null;
end $$;
create constraint trigger testing_roundarea_moves after update on testing_roundarea
  deferrable initially deferred for each row execute function testing_guard_area_moves();

create or replace function testing_round_follows_areas() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update testing_round r set path = u.path, unit_id = u.id
  from (
    select array_to_string(first[1:(
      select count(*) from generate_subscripts(first, 1) n where first[1:n] = last[1:n]
    )], '.') as path
    from (
      select string_to_array(min(a.path), '.') as first, string_to_array(max(a.path), '.') as last
      from testing_roundarea a where a.round_id = new.round_id
    ) as ends
  ) as common
  join jurisdictions_unit u on u.path = common.path
  where r.id = new.round_id and r.path <> u.path;
  return null;
end $$;
create trigger testing_roundarea_followed after update of path on testing_roundarea
  for each row execute function testing_round_follows_areas();

create or replace function testing_guard_round_areas() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- As the round stands in the end: a unit that moves changes it more than once.
  if exists (
    select from testing_round r where r.id = new.id and (
      exists (
        select from testing_roundarea a where a.round_id = r.id
          and not (a.path = r.path or starts_with(a.path, r.path || '.'))
      ) or (r.state <> 1 and not exists (select from testing_roundarea a where a.round_id = r.id))
    )
  ) then
    raise exception 'round % stands above all of its units, and is of one at least', new.id
      using errcode = '23514', constraint = 'testing_round_above_areas';
  end if;
  return null;
end $$;
create constraint trigger testing_round_areas after insert or update on testing_round
  deferrable initially deferred for each row execute function testing_guard_round_areas();
"""


class Migration(migrations.Migration):
    dependencies = [("testing", "0015_size_of_a_zone")]
    operations = [
        migrations.CreateModel(
            name="RoundArea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", shali.foundation.jurisdictions.models.PathField(db_collation="C", max_length=60)),
                (
                    "round",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="areas",
                        to="testing.round",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("round", "path"), name="testing_roundarea_once")],
            },
        ),
        migrations.RunSQL(wall("testing_roundarea", AS_ITS_ROUND), migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
