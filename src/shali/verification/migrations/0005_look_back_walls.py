from django.db import migrations

from shali.foundation.jurisdictions.walls import append_only, path_wall, wall

OF_A_SEEN_TASK = "exists (select from tasks_task t where t.id = task_id)"
OF_A_SEEN_PERSON = "exists (select from verification_askedagain a where a.task_id = asked_id)"
# Whoever freezes a round sees it, and so does every unit that asks for it.
FROZEN_OR_ASKED = """
  (path >= shali_scope() and path < shali_scope() || '/')
  or exists (select from verification_askedagain a where a.look_back_id = verification_lookback.id)
"""

# Whoever answered the first time neither asks again nor decides which of the two rounds holds.
OTHER_WORKERS = """
create or replace function verification_guard_second() returns trigger language plpgsql as $$
begin
  if exists (select from verification_askedagain a where a.task_id = new.asked_id and a.first_by ? new."by") then
    raise exception 'the second round is asked by somebody else than the first'
      using errcode = '23514', constraint = 'verification_secondanswer_other_worker';
  end if;
  return new;
end $$;
create trigger verification_second_other_worker before insert on verification_secondanswer
  for each row execute function verification_guard_second();

create or replace function verification_guard_difference() returns trigger language plpgsql as $$
begin
  if exists (select from verification_askedagain a where a.task_id = new.asked_id and a.first_by ? new.settled_by) then
    raise exception 'a difference is settled by somebody else than who answered first'
      using errcode = '23514', constraint = 'verification_difference_other_worker';
  end if;
  return new;
end $$;
create trigger verification_difference_other_worker before update of settled_by on verification_difference
  for each row when (new.settled_by <> '') execute function verification_guard_difference();
"""

# A person's second round ends when every question is answered and no difference is open; a round with its last person.
ENDS = """
create or replace function verification_guard_asked_again() returns trigger language plpgsql as $$
begin
  if exists (
    select from verification_askedagain a join verification_lookback l on l.id = a.look_back_id
    where a.task_id = new.id and (
      exists (select from verification_difference d where d.asked_id = a.task_id and d.settled_at is null)
      or exists (
        select from jsonb_array_elements_text(l.questions) q (id)
        where not exists (select from verification_secondanswer s where s.asked_id = a.task_id and s.question = q.id)
      )
    )
  ) then
    raise exception 'task % closes when every question is answered and no difference is open', new.id
      using errcode = '23514', constraint = 'verification_askedagain_closes_whole';
  end if;
  return new;
end $$;
create trigger verification_asked_again_closing before update of state on tasks_task
  for each row when (new.state = 3 and new.kind = 'look_back') execute function verification_guard_asked_again();

create or replace function verification_guard_look_back() returns trigger language plpgsql as $$
begin
  if exists (
    select from verification_askedagain a join tasks_task t on t.id = a.task_id
    where a.look_back_id = new.id and t.state <> 3
  ) then
    raise exception 'round % has people who are still asked', new.id
      using errcode = '23514', constraint = 'verification_lookback_closes_with_its_last';
  end if;
  return new;
end $$;
create trigger verification_look_back_closing before update of closed_at on verification_lookback
  for each row when (new.closed_at is not null) execute function verification_guard_look_back();
"""


class Migration(migrations.Migration):
    dependencies = [("verification", "0004_look_backs")]
    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            wall("verification_askedagain", OF_A_SEEN_TASK),
            wall("verification_secondanswer", OF_A_SEEN_PERSON),
            path_wall("verification_difference"),
            wall("verification_lookback", FROZEN_OR_ASKED),
            append_only("verification_secondanswer"),
            OTHER_WORKERS,
            ENDS,
        )
    ]
