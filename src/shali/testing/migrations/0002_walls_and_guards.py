from django.db import migrations

from shali.foundation.jurisdictions.walls import path_wall, wall

# A round is known in its area, to whoever holds the area, and to each unit within it.
THE_AREA_OURS_OR_OURS_IN_IT = """
  (path >= shali_scope() and path < shali_scope() || '/')
  or shali_scope() = path or starts_with(shali_scope(), path || '.')
"""
OURS_OR_OF_A_SEEN_TUBE = """
  (path >= shali_scope() and path < shali_scope() || '/')
  or exists (select from testing_tube t where t.id = tube_id)
"""

# Nobody is negative while a sample of his is open, lost or suspect and no later one answers for it. Written apart from
# rules.standing_of, which says the same: what one of them forgets, the other refuses.
CLEARED_GUARD = """
create or replace function testing_guard_cleared() returns trigger language plpgsql as $$
begin
  if not exists (
    select from testing_sample s join testing_tube t on t.id = s.tube_id
    where s.round_id = new.round_id and s.person_id = new.person_id and s.unbound_at is null
      and t.state = 2 and t.conflict = '' and t.outcome = 1
  ) or exists (
    select from testing_sample s join testing_tube t on t.id = s.tube_id
    where s.round_id = new.round_id and s.person_id = new.person_id and s.unbound_at is null
      and not (t.state = 2 and t.conflict = '' and t.outcome = 1)
      and not (
        (t.state = 3 or t.conflict <> '' or t.outcome is not null) and exists (
          select from testing_sample later join testing_tube u on u.id = later.tube_id
          where later.round_id = s.round_id and later.person_id = s.person_id and later.unbound_at is null
            and later.taken_at > s.taken_at and u.state = 2 and u.conflict = '' and u.outcome = 1
            and (u.size = 1 or t.state <> 2 or t.conflict <> '' or t.outcome = 4)
        )
      )
  ) then
    raise exception 'person of roster line % is not cleared: a sample of his is open, lost or suspect', new.id
      using errcode = '23514', constraint = 'testing_expected_cleared';
  end if;
  return new;
end $$;
create trigger testing_expected_cleared before insert or update of standing on testing_expected
  for each row when (new.standing = 4) execute function testing_guard_cleared();
"""

# What a laboratory said of a tube changes only to what a line of results says; against a line in force, a second
# person has decided.
OUTCOME_GUARD = """
create or replace function testing_guard_outcome() returns trigger language plpgsql as $$
begin
  if new.outcome is null and old.outcome is not null then
    raise exception 'the result of tube % is corrected, not taken away', new.id
      using errcode = '23514', constraint = 'testing_tube_outcome_kept';
  end if;
  if not exists (
    select from testing_result r where r.tube_id = new.id and r.state = 'applied' and r.outcome = new.outcome
      and (old.outcome is null or r.decided_by <> '')
  ) then
    raise exception 'tube % has no line of results in force that says so', new.id
      using errcode = '23514', constraint = 'testing_tube_outcome_has_its_line';
  end if;
  if new.state <> 2 then
    raise exception 'tube % is not sealed: it has no result', new.id
      using errcode = '23514', constraint = 'testing_tube_outcome_sealed';
  end if;
  return new;
end $$;
create trigger testing_tube_outcome before update of outcome on testing_tube
  for each row when (new.outcome is distinct from old.outcome) execute function testing_guard_outcome();

create or replace function testing_guard_tube() returns trigger language plpgsql as $$
begin
  if (new.round_id, new.code, new.site_id) is distinct from (old.round_id, old.code, old.site_id)
     or (old.state = 3 and new.state <> 3) or (old.state = 2 and new.state = 1)
     or (old.conflict <> '' and new.conflict = '') then
    raise exception 'tube % does not become another, and does not open again', new.id
      using errcode = '23514', constraint = 'testing_tube_steps';
  end if;
  return new;
end $$;
create trigger testing_tube_steps before update on testing_tube
  for each row execute function testing_guard_tube();

create or replace function testing_guard_members() returns trigger language plpgsql as $$
begin
  if exists (
    select from testing_tube t where t.id = new.id and t.members <> (
      select count(*) from testing_sample s where s.tube_id = t.id and s.unbound_at is null
    )
  ) then
    raise exception 'tube % counts other samples than are bound to it', new.id
      using errcode = '23514', constraint = 'testing_tube_members_counted';
  end if;
  return null;
end $$;
create constraint trigger testing_tube_members after insert or update of members on testing_tube
  deferrable initially deferred for each row execute function testing_guard_members();
"""

# Samples, batches and results stay as they came; of each only what happens to it later is written beside it.
KEPT_GUARD = """
create or replace function testing_guard_sample() returns trigger language plpgsql as $$
begin
  if (new.event, new.round_id, new.tube_id, new.station_id, new.batch_id, new.seq, new.taken_at)
     is distinct from (old.event, old.round_id, old.tube_id, old.station_id, old.batch_id, old.seq, old.taken_at)
     or (old.unbound_at is not null and new.unbound_at is distinct from old.unbound_at) then
    raise exception 'sample % stays as it was taken; it is unbound, or another is taken', old.id
      using errcode = '23514', constraint = 'testing_sample_kept';
  end if;
  return new;
end $$;
create trigger testing_sample_fixed before update on testing_sample
  for each row execute function testing_guard_sample();

create or replace function testing_guard_batch() returns trigger language plpgsql as $$
begin
  if (new.station_id, new.first_seq, new.n, new.digest, new.body, new.received_at, new.quarantine)
     is distinct from (old.station_id, old.first_seq, old.n, old.digest, old.body, old.received_at, old.quarantine)
     or (old.processed_at is not null and (new.processed_at, new.accepted, new.duplicate, new.parked)
       is distinct from (old.processed_at, old.accepted, old.duplicate, old.parked)) then
    raise exception 'batch % stays as it came', old.id using errcode = '23514', constraint = 'testing_batch_kept';
  end if;
  return new;
end $$;
create trigger testing_sealedbatch_fixed before update on testing_sealedbatch
  for each row execute function testing_guard_batch();

create or replace function testing_guard_result() returns trigger language plpgsql as $$
begin
  if (new.tube_code, new.outcome, new.run, new.plate, new.well, new.ct_n, new.ct_orf, new.tested_at, new.entered_by,
      new.entered_at)
     is distinct from (old.tube_code, old.outcome, old.run, old.plate, old.well, old.ct_n, old.ct_orf, old.tested_at,
      old.entered_by, old.entered_at)
     or (old.state in ('applied', 'refused') and new.state <> old.state)
     or (old.state = 'waiting' and new.state = 'applied' and new.decided_by = '') then
    raise exception 'result % stays as it was entered; a correction is a line of its own', old.id
      using errcode = '23514', constraint = 'testing_result_kept';
  end if;
  return new;
end $$;
create trigger testing_result_fixed before update on testing_result
  for each row execute function testing_guard_result();

create or replace function testing_guard_station() returns trigger language plpgsql as $$
begin
  if (old.verify_key is not null and new.verify_key is distinct from old.verify_key)
     or new.last_seq < old.last_seq or (old.revoked_at is not null and new.revoked_at is null)
     or (old.forked_at is not null and new.forked_at is null) then
    raise exception 'station % keeps its key and its count, and stays revoked', old.id
      using errcode = '23514', constraint = 'testing_station_kept';
  end if;
  return new;
end $$;
create trigger testing_station_fixed before update on testing_station
  for each row execute function testing_guard_station();

create or replace function testing_refuse_delete() returns trigger language plpgsql as $$
begin raise exception '% is not removed', tg_table_name using errcode = '23001'; end $$;
""" + "".join(
    f"create trigger {table}_kept before delete on {table} for each row execute function testing_refuse_delete();"
    for table in (
        *("testing_round", "testing_expected", "testing_site", "testing_station", "testing_sealedbatch"),
        *("testing_tube", "testing_sample", "testing_parked", "testing_box", "testing_result", "testing_resultfile"),
        *("testing_recall", "testing_epoch"),
    )
)

# A round closes when nobody is left and nothing is parked, and its recalls are tasks that close with a later sample.
CLOSING_GUARD = """
create or replace function testing_guard_round() returns trigger language plpgsql as $$
begin
  if exists (
    select from testing_expected e
    where e.round_id = new.id and not e.guest and e.standing = 0 and e.exempt = '' and e.missing = ''
  ) or exists (select from testing_parked p where p.round_id = new.id and p.settled_at is null)
    or exists (
      select from testing_tube t
      where t.round_id = new.id and t.state <> 3 and t.lost_at is null and t.outcome is null
  ) then
    raise exception 'round % closes when nobody is left, nothing is parked and every tube has its result', new.id
      using errcode = '23514', constraint = 'testing_round_closes_whole';
  end if;
  return new;
end $$;
create trigger testing_round_closing before update of state on testing_round
  for each row when (new.state = 3) execute function testing_guard_round();

create or replace function testing_guard_task() returns trigger language plpgsql as $$
begin
  if exists (select from testing_recall r where r.task_id = new.id and r.done_at is null) then
    raise exception 'task % closes when a later sample of its person has its result', new.id
      using errcode = '23514', constraint = 'testing_recall_task_closes_sampled';
  end if;
  return new;
end $$;
create trigger testing_task_closing before update of state on tasks_task
  for each row when (new.state = 3 and new.kind = 'test_recall') execute function testing_guard_task();
"""

# The way of nearly every batch, in one statement: the next events of a station in good standing are kept, queued and
# hashed. It says nothing where that is not the case; services/ingest.py then looks closer.
KEEP_BATCH = """
create or replace function testing_keep_batch(
  who bigint, scope text, first bigint, said text, digest bytea, body bytea, received timestamptz,
  sent timestamptz, clock_off bigint, captured int, on_paper int
) returns table (up_to bigint, link bytea, epoch int, safe bigint) language plpgsql as $$
-- Of a hundred texts, one text is passed quicker than an array.
declare s record; kept bigint; hash bytea; one text; last bigint; seals text[] := string_to_array(said, chr(10));
begin
  perform set_config('shali.scope', scope, true);
  select t.last_seq, t.chain, t.path, t.revoked_at, t.forked_at into s from testing_station t where t.id = who
    for update;
  if not found or s.revoked_at is not null or s.forked_at is not null or first <> s.last_seq + 1 then
    return;
  end if;
  hash := s.chain;
  foreach one in array seals loop
    hash := sha256(hash || convert_to(one, 'UTF8'));
  end loop;
  last := first + cardinality(seals) - 1;
  insert into testing_sealedbatch (station_id, path, first_seq, n, digest, body, received_at, sent_at, quarantine)
    values (who, s.path, first, cardinality(seals), digest, body, received, sent, '') returning id into kept;
  insert into testing_waiting (batch_id, station_id) values (kept, who);
  update testing_station t set last_seq = last, chain = hash, last_seen_at = received, clock_off_ms = clock_off,
    captured = testing_keep_batch.captured, on_paper = testing_keep_batch.on_paper where t.id = who;
  select e.number, e.safe_before into s from testing_epoch e order by e.number desc limit 1;
  up_to := last; link := hash; epoch := coalesce(s.number, 0); safe := 0;
  if s.safe_before is not null then
    select b.first_seq + b.n - 1 into safe from testing_sealedbatch b
      where b.station_id = who and b.quarantine = '' and b.received_at < s.safe_before
      order by b.first_seq desc limit 1;
    safe := coalesce(safe, 0);
  end if;
  return next;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("testing", "0001_initial"), ("tasks", "0007_tallies_kept")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            # A batch is read once and is no text: it is not worth packing.
            "alter table testing_sealedbatch alter column body set storage external",
            wall("testing_round", THE_AREA_OURS_OR_OURS_IN_IT),
            path_wall("testing_expected"),
            path_wall("testing_site"),
            path_wall("testing_cover"),
            path_wall("testing_station"),
            path_wall("testing_sealedbatch"),
            path_wall("testing_tube"),
            path_wall("testing_sample"),
            path_wall("testing_parked"),
            path_wall("testing_laboratory"),
            path_wall("testing_box"),
            path_wall("testing_resultfile"),
            wall("testing_result", OURS_OR_OF_A_SEEN_TUBE),
            path_wall("testing_recall"),
            path_wall("testing_siteplan"),
            CLEARED_GUARD,
            OUTCOME_GUARD,
            KEPT_GUARD,
            CLOSING_GUARD,
            KEEP_BATCH,
        )
    ]
