from django.db import migrations

from shali.foundation.jurisdictions.walls import append_only, path_wall, wall

OF_A_SEEN_CASE = "exists (select from tracing_case c where c.id = case_id)"
OF_A_SEEN_CONTACT = "exists (select from tracing_contact c where c.id = contact_id)"
OF_A_SEEN_DAY = "exists (select from tracing_day d where d.id = day_id)"
WHERE_THE_CONTACT_OR_ITS_SOURCE_IS = """
  (path >= shali_scope() and path < shali_scope() || '/')
  or (source_path >= shali_scope() and source_path < shali_scope() || '/')
"""
# Whoever answers for a contact sees him, and so does whoever investigates the case that he met.
OURS_OR_MET_BY_OURS = """
  (path >= shali_scope() and path < shali_scope() || '/')
  or exists (select from tracing_relationship r where r.contact_id = tracing_contact.id)
"""
WHERE_THE_MEMBER_OR_THE_ROSTER_IS = """
  (path >= shali_scope() and path < shali_scope() || '/')
  or (exposure_path >= shali_scope() and exposure_path < shali_scope() || '/')
"""
OURS_OR_OF_OUR_PEOPLE = """
  (path >= shali_scope() and path < shali_scope() || '/')
  or exists (select from tracing_member m where m.exposure_id = tracing_exposure.id)
"""

# Each change of a case has its line of history, on evidence; it becomes only what it may become.
CASE_GUARD = """
create or replace function tracing_guard_case() returns trigger language plpgsql as $$
begin
  if new.classification <> old.classification and not (
    (old.classification = 1 and new.classification in (2, 3, 4, 5))
    or (old.classification = 2 and new.classification in (3, 4, 5))
    or (old.classification = 3 and new.classification = 5)
    or (old.classification = 4 and new.classification in (3, 5))
    or (old.classification = 5 and new.classification in (1, 3, 4))
  ) then
    raise exception 'case % cannot become % from %', new.id, new.classification, old.classification
      using errcode = '23514', constraint = 'tracing_case_steps';
  end if;
  if (new.classification, new.onset_on, new.first_positive_at, new.source_id)
     is distinct from (old.classification, old.onset_on, old.first_positive_at, old.source_id)
     and new.version <> old.version + 1 then
    raise exception 'case % changes by one version, with a line of history', new.id
      using errcode = '23514', constraint = 'tracing_case_history';
  end if;
  return new;
end $$;
create trigger tracing_case_steps before update on tracing_case for each row execute function tracing_guard_case();

create or replace function tracing_guard_case_history() returns trigger language plpgsql as $$
begin
  if not exists (
    select from tracing_casestep s
    where s.case_id = new.id and s.seq = new.version and s.after = new.classification
  ) then
    raise exception 'version % of case % has no line of history', new.version, new.id
      using errcode = '23514', constraint = 'tracing_case_history';
  end if;
  return null;
end $$;
create constraint trigger tracing_case_history after insert or update of version, classification on tracing_case
  deferrable initially deferred for each row execute function tracing_guard_case_history();
"""

# Nobody infects, through others or himself, whoever infected him.
CHAIN_GUARD = """
create or replace function tracing_guard_chain() returns trigger language plpgsql as $$
declare here bigint := new.source_id; steps int := 0;
begin
  perform pg_advisory_xact_lock(hashtext('tracing_chain'));
  while here is not null loop
    if here = new.id then
      raise exception 'case % cannot be infected by whom it infected', new.id
        using errcode = '23514', constraint = 'tracing_case_no_circle';
    end if;
    select source_id into here from tracing_case where id = here;
    steps := steps + 1;
    exit when steps > 100000;
  end loop;
  return new;
end $$;
create trigger tracing_case_no_circle before insert or update of source_id on tracing_case
  for each row when (new.source_id is not null) execute function tracing_guard_chain();
"""

# The tasks of this room close only over what they ask for.
CLOSING_GUARD = """
create or replace function tracing_guard_closing() returns trigger language plpgsql as $$
begin
  if new.kind = 'case_core' and exists (
    select from tracing_case c where c.core_task_id = new.id and c.core_done_at is null and c.classification <> 5
  ) then
    raise exception 'task % closes when the core information of its case is confirmed', new.id
      using errcode = '23514', constraint = 'tracing_core_task_closes_whole';
  elsif new.kind = 'case_report' and exists (
    select from tracing_case c where c.report_task_id = new.id and c.report_done_at is null and c.classification <> 5
  ) then
    raise exception 'task % closes when the report of its case is complete', new.id
      using errcode = '23514', constraint = 'tracing_report_task_closes_whole';
  elsif new.kind = 'contact' and exists (
    select from tracing_contact c
    where c.task_id = new.id and c.moved_at is null and c.state = 1 and c.ends_on is not null
  ) then
    raise exception 'task % closes when its contact is where his measure holds', new.id
      using errcode = '23514', constraint = 'tracing_contact_task_closes_moved';
  elsif new.kind in ('exposure_check', 'exposure_look_back') and exists (
    select from tracing_member m where m.task_id = new.id and (
      m.answer = '' or (m.first <> '' and m.first <> m.answer and m.settled_at is null)
    )
  ) then
    raise exception 'task % closes when its person has answered and no difference is open', new.id
      using errcode = '23514', constraint = 'tracing_member_task_closes_answered';
  end if;
  return new;
end $$;
create trigger tracing_task_closing before update of state on tasks_task
  for each row when (
    new.state = 3 and new.kind in ('case_core', 'case_report', 'contact', 'exposure_check', 'exposure_look_back')
  ) execute function tracing_guard_closing();
"""

# An exposure closes when everybody on its roster has answered and no two rounds differ.
ROSTER_GUARD = """
create or replace function tracing_guard_exposure() returns trigger language plpgsql as $$
begin
  if exists (
    select from tracing_member m where m.exposure_id = new.id and (
      m.answer = '' or (m.first <> '' and m.first <> m.answer and m.settled_at is null)
    )
  ) then
    raise exception 'exposure % closes when everybody has answered and no difference is open', new.id
      using errcode = '23514', constraint = 'tracing_exposure_closes_whole';
  end if;
  return new;
end $$;
create trigger tracing_exposure_closing before update of state on tracing_exposure
  for each row when (new.state = 2) execute function tracing_guard_exposure();
"""

# What a plan gave a contact is on record, and a released contact met the conditions on his last day.
CONTACT_GUARD = """
create or replace function tracing_guard_contact() returns trigger language plpgsql as $$
begin
  -- As the contact stands now: one transaction may judge him more than once.
  if exists (
    select from tracing_contact c where c.id = new.id and not exists (
      select from tracing_plan p where p.contact_id = c.id and p.seq = c.plan_seq
        and p.contact_class = c.contact_class and p.last_exposure_on = c.last_exposure_on
        and p.ends_on is not distinct from c.ends_on
    )
  ) then
    raise exception 'contact % stands otherwise than his newest plan', new.id
      using errcode = '23514', constraint = 'tracing_contact_has_its_plan';
  end if;
  return null;
end $$;
create constraint trigger tracing_contact_plan
  after insert or update of plan_seq, contact_class, last_exposure_on, ends_on on tracing_contact
  deferrable initially deferred for each row execute function tracing_guard_contact();

create or replace function tracing_guard_release() returns trigger language plpgsql as $$
begin
  if exists (
    select from tracing_day d where d.contact_id = new.id and not d.dropped and d.test_due
      and (d.tested_at is null or d.test_negative is not true)
  ) or not exists (
    select from tracing_day d where d.contact_id = new.id and not d.dropped and d."on" = new.ends_on and d.status = 1
  ) then
    raise exception 'contact % is released when his last day was well and every test negative', new.id
      using errcode = '23514', constraint = 'tracing_contact_release_conditions';
  end if;
  return new;
end $$;
create trigger tracing_contact_release before update of state on tracing_contact
  for each row when (new.state = 2 and new.ends_on is not null) execute function tracing_guard_release();
"""

# A relationship is withdrawn or entered anew, never rewritten; a confirmed stay stays as confirmed.
KEPT_GUARD = """
create or replace function tracing_guard_relationship() returns trigger language plpgsql as $$
begin
  if (new.entry, new.first_at, new.last_at, new.situation, new.protection, new.case_id, new.by_contact_id,
      new.entered_at, new.entered_by)
     is distinct from (old.entry, old.first_at, old.last_at, old.situation, old.protection, old.case_id,
      old.by_contact_id, old.entered_at, old.entered_by)
     or (old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at) then
    raise exception 'relationship % is withdrawn and entered anew, not changed', old.id
      using errcode = '23514', constraint = 'tracing_relationship_kept';
  end if;
  return new;
end $$;
create trigger tracing_relationship_fixed before update on tracing_relationship
  for each row execute function tracing_guard_relationship();

create or replace function tracing_guard_stay() returns trigger language plpgsql as $$
begin
  if (new.from_at, new.to_at, new.place_sealed, new.told_by) is distinct from
     (old.from_at, old.to_at, old.place_sealed, old.told_by)
     or (old.confirmed_at is not null and new.confirmed_at is distinct from old.confirmed_at) then
    raise exception 'stay % is withdrawn and told anew, not changed', old.id
      using errcode = '23514', constraint = 'tracing_stay_kept';
  end if;
  return new;
end $$;
create trigger tracing_stay_fixed before update on tracing_stay for each row execute function tracing_guard_stay();

create or replace function tracing_refuse_delete() returns trigger language plpgsql as $$
begin raise exception '% is not removed', tg_table_name using errcode = '23001'; end $$;
""" + "".join(
    f"create trigger {table}_kept before delete on {table} for each row execute function tracing_refuse_delete();"
    for table in (
        *("tracing_case", "tracing_contact", "tracing_relationship", "tracing_stay", "tracing_day", "tracing_member"),
        *("tracing_exposure", "tracing_form"),
    )
)


class Migration(migrations.Migration):
    dependencies = [("tracing", "0001_initial"), ("tasks", "0007_tallies_kept")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            path_wall("tracing_case"),
            wall("tracing_casestep", OF_A_SEEN_CASE),
            wall("tracing_answer", OF_A_SEEN_CASE),
            wall("tracing_stay", OF_A_SEEN_CASE),
            wall("tracing_relationship", WHERE_THE_CONTACT_OR_ITS_SOURCE_IS),
            wall("tracing_contact", OURS_OR_MET_BY_OURS),
            wall("tracing_plan", OF_A_SEEN_CONTACT),
            path_wall("tracing_day"),
            wall("tracing_observation", OF_A_SEEN_DAY),
            wall("tracing_selflink", OF_A_SEEN_CONTACT),
            wall("tracing_member", WHERE_THE_MEMBER_OR_THE_ROSTER_IS),
            wall("tracing_exposure", OURS_OR_OF_OUR_PEOPLE),
            path_wall("tracing_investigator"),
            append_only("tracing_casestep"),
            append_only("tracing_answer"),
            append_only("tracing_plan"),
            append_only("tracing_observation"),
            CASE_GUARD,
            CHAIN_GUARD,
            CLOSING_GUARD,
            ROSTER_GUARD,
            CONTACT_GUARD,
            KEPT_GUARD,
        )
    ]
