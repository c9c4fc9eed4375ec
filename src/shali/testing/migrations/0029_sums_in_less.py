from django.db import migrations

from shali.foundation.jurisdictions.walls import TOWNSHIP_OF_PATH

# Written into the statement that asks; as it stood in 0013 it was called once for each of some hundred thousand rows.
TOWNSHIP = (
    f"create or replace function testing_township(path text) returns text language sql immutable parallel safe"
    f" as $$ {TOWNSHIP_OF_PATH} $$"
)

# As in 0023. The lines are held first and counted for after that, so that a sample of the same person which another
# writer has just committed is seen; where a held line's person lives is kept, and not looked up again.
SAMPLES = """
create or replace function testing_sample_tally_insert() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  rounds bigint[];
  people bigint[];
  paths text[];
begin
  select array_agg(h.round_id), array_agg(h.person_id), array_agg(h.path) into rounds, people, paths from (
    select e.round_id, e.person_id, e.path from testing_expected e
    where (e.round_id, e.person_id) in (select round_id, person_id from new_rows) order by e.id for no key update
  ) as h;
  insert into testing_roundtally (round_id, grain, path, of, guest, state, word, slot, n, is_folded)
  select c.round_id, g.grain, g.path, 3, false, 0, '', null, sum(c.n), false
  from (
    select e.round_id, e.path, sum((h.held > 0)::int - (h.held - d.came > 0)::int) as n
    from (
      select round_id, person_id, count(*) as came from new_rows where unbound_at is null group by 1, 2
    ) as d
    join unnest(rounds, people, paths) as e (round_id, person_id, path)
      on e.round_id = d.round_id and e.person_id = d.person_id
    cross join lateral (
      select count(*) as held from testing_sample s
      where s.round_id = d.round_id and s.person_id = d.person_id and s.unbound_at is null
    ) as h
    group by 1, 2
  ) as c
  cross join lateral (values (1, c.path), (2, testing_township(c.path))) as g (grain, path)
  group by 1, 2, 3 having sum(c.n) <> 0;
  return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("testing", "0028_standing_in_no_index")]
    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (TOWNSHIP, SAMPLES)]
