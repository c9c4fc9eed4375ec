from django.db import migrations

from shali.foundation.jurisdictions.walls import append_only, path_wall, wall

OF_A_SEEN_MEASURE = "exists (select from measures_measure m where m.id = measure_id)"

# A measure begins as a proposal, under the longest term and the purpose of its kind in the rule pack.
BEGIN_GUARD = """
alter table measures_measure add constraint measures_measure_within_its_term
  check (ends_at <= starts_at + make_interval(hours => max_hours));
create or replace function measures_guard_beginning() returns trigger language plpgsql as $$
declare t measures_term%rowtype;
begin
  select * into t from measures_term where rule = new.rule;
  if t.kind is distinct from new.kind or t.max_hours is distinct from new.max_hours
     or t.epidemiological is distinct from new.epidemiological then
    raise exception 'measure of kind % is not what its rule % says', new.kind, new.rule
      using errcode = '23514', constraint = 'measures_measure_as_its_rule';
  end if;
  if new.state <> 1 or new.lifted_at is not null or new.served_at is not null then
    raise exception 'a measure begins as a proposal that somebody else decides'
      using errcode = '23514', constraint = 'measures_measure_begins_proposed';
  end if;
  return new;
end $$;
create trigger measures_measure_beginning before insert on measures_measure
  for each row execute function measures_guard_beginning();
"""

# Terms never change; a decided measure is served or lifted and nothing else; who decides holds a post that may.
CHANGE_GUARD = """
create or replace function measures_post_of(who text, roles text[], at timestamptz)
returns accounts_post language sql stable as $$
  select p.* from accounts_post p
  where who = 'post:' || p.id and p.role = any(roles) and p.revoked_at is null
    and p.starts_at <= at and p.ends_at > at
$$;
create or replace function measures_guard_change() returns trigger language plpgsql as $$
declare p accounts_post; q accounts_post;
begin
  if (new.public_id, new.kind, new.rule, new.outbreak_id, new.person_id, new.area_id, new.origin_kind, new.origin_id,
      new.basis, new.evidence, new.evidence_ref, new.epidemiological, new.max_hours, new.starts_at, new.ends_at,
      new.proposal_rule, new.proposed_by, new.proposed_at, new.appeal_channel, new.supersedes_id, new.note_sealed)
     is distinct from
     (old.public_id, old.kind, old.rule, old.outbreak_id, old.person_id, old.area_id, old.origin_kind, old.origin_id,
      old.basis, old.evidence, old.evidence_ref, old.epidemiological, old.max_hours, old.starts_at, old.ends_at,
      old.proposal_rule, old.proposed_by, old.proposed_at, old.appeal_channel, old.supersedes_id, old.note_sealed) then
    raise exception 'terms of measure % never change: a change is a new measure that supersedes it', old.id
      using errcode = '23514', constraint = 'measures_measure_terms_stay';
  end if;
  if old.state <> 1 and (new.state, new.decided_by, new.decided_at, new.body_id, new.refusal)
     is distinct from (old.state, old.decided_by, old.decided_at, old.body_id, old.refusal) then
    raise exception 'measure % was decided already', old.id
      using errcode = '23514', constraint = 'measures_measure_decided_once';
  end if;
  if (old.served_at is not null and (new.served_at, new.served_by, new.served_how)
       is distinct from (old.served_at, old.served_by, old.served_how))
     or (old.lifted_at is not null and (new.lifted_at, new.lifted_by, new.lifted_body_id, new.lift_reason)
       is distinct from (old.lifted_at, old.lifted_by, old.lifted_body_id, old.lift_reason)) then
    raise exception 'measure % was served or lifted already', old.id
      using errcode = '23514', constraint = 'measures_measure_once';
  end if;
  if new.state in (2, 3) and old.state = 1 then
    p := measures_post_of(new.decided_by, array['city_lead', 'county_desk'], new.decided_at);
    if p.id is null or not (new.path = p.path or new.path like p.path || '.%')
       or (new.state = 2 and p.unit_id is distinct from new.body_id) then
      raise exception 'measure % is decided by a post that may, for its own body', old.id
        using errcode = '23514', constraint = 'measures_measure_decider_may';
    end if;
    select * into q from accounts_post where new.proposed_by = 'post:' || id;
    if q.user_id = p.user_id then
      raise exception 'measure % is decided by another human being than proposed it', old.id
        using errcode = '23514', constraint = 'measures_measure_two_people';
    end if;
  end if;
  if new.lifted_at is not null and old.lifted_at is null then
    p := measures_post_of(new.lifted_by, array['city_lead', 'county_desk'], new.lifted_at);
    if p.id is null or p.unit_id is distinct from new.body_id then
      raise exception 'measure % is lifted by the body that imposed it', old.id
        using errcode = '23514', constraint = 'measures_measure_lifted_by_its_body';
    end if;
  end if;
  return new;
end $$;
create trigger measures_measure_change before update on measures_measure
  for each row execute function measures_guard_change();
create or replace function measures_refuse_removal() returns trigger language plpgsql as $$
begin raise exception 'a measure is never removed: it is lifted or runs out' using errcode = '23001'; end $$;
create trigger measures_measure_kept before delete on measures_measure
  for each row execute function measures_refuse_removal();
create trigger measures_measure_never_emptied before truncate on measures_measure
  for each statement execute function measures_refuse_removal();
"""

# An appeal is against a decided measure, and is not moved to another one or made less urgent.
APPEAL_GUARD = """
create or replace function measures_guard_appeal() returns trigger language plpgsql as $$
declare m measures_measure%rowtype; p accounts_post; q accounts_post;
begin
  if tg_op = 'INSERT' then
    select * into m from measures_measure where id = new.measure_id;
    if m.state is distinct from 2 or new.state <> 1 then
      raise exception 'an appeal is lodged against a decided measure' using errcode = '23514';
    end if;
    new.against := m.decided_by;
    return new;
  end if;
  if (new.measure_id, new.against, new.lodged_at, new.lodged_by, new.due_at, new.grounds_sealed, new.task_id)
     is distinct from
     (old.measure_id, old.against, old.lodged_at, old.lodged_by, old.due_at, old.grounds_sealed, old.task_id)
     or (old.state = 2 and (new.state, new.outcome, new.decided_by, new.decided_at, new.answer_sealed)
       is distinct from (old.state, old.outcome, old.decided_by, old.decided_at, old.answer_sealed)) then
    raise exception 'appeal % stays as it was lodged and answered', old.id using errcode = '23514';
  end if;
  if new.state = 2 and old.state = 1 then
    select * into p from accounts_post where new.decided_by = 'post:' || id;
    select * into q from accounts_post where new.against = 'post:' || id;
    if p.id is null or p.user_id = q.user_id then
      raise exception 'appeal % is decided by somebody who did not decide the measure', old.id
        using errcode = '23514', constraint = 'measures_appeal_other_judge';
    end if;
  end if;
  return new;
end $$;
create trigger measures_appeal_guard before insert or update on measures_appeal
  for each row execute function measures_guard_appeal();
create trigger measures_appeal_kept before delete on measures_appeal
  for each row execute function measures_refuse_removal();

create or replace function measures_guard_appeal_task() returns trigger language plpgsql as $$
begin
  if exists (select from measures_appeal a where a.task_id = new.id and a.state = 1) then
    raise exception 'task % closes when its appeal is answered', new.id
      using errcode = '23514', constraint = 'measures_task_closes_with_its_answer';
  end if;
  return new;
end $$;
create trigger measures_task_closing before update of state on tasks_task
  for each row when (new.state = 3 and new.kind = 'appeal') execute function measures_guard_appeal_task();
"""

# Kinds and terms come from the rule packs, by the hand of the owner alone.
TERMS_ARE_READ = """
do $$ begin
  if exists (select from pg_roles where rolname = 'shali_web') then
    revoke insert, update, delete, truncate on measures_term from shali_web, shali_worker;
  end if;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0001_initial"),
        ("jurisdictions", "0002_scope_function"),
        ("accounts", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            path_wall("measures_measure"),
            wall("measures_measureevent", OF_A_SEEN_MEASURE),
            path_wall("measures_appeal"),
            append_only("measures_measureevent"),
            BEGIN_GUARD,
            CHANGE_GUARD,
            APPEAL_GUARD,
            TERMS_ARE_READ,
        )
    ]
