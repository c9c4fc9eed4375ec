from django.db import migrations

# An exercise runs on a shifted clock: a sight ends by that clock, not by the machine's.
CITY_HOUR = """
create or replace function shali_now() returns timestamptz language sql stable parallel safe as $$
  select now() + make_interval(secs => coalesce(nullif(current_setting('shali.shift', true), ''), '0')::float8)
$$;
drop policy people_person_scope on people_person;
create policy people_person_scope on people_person using (
  (path >= shali_scope() and path < shali_scope() || '/')
  or exists (
    select from people_sight s
    where s.person_id = people_person.id and (s.ends_at is null or s.ends_at > shali_now())
      and s.path >= shali_scope() and s.path < shali_scope() || '/'
  )
);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_keys_repeat")]
    operations = [migrations.RunSQL(CITY_HOUR, migrations.RunSQL.noop)]
