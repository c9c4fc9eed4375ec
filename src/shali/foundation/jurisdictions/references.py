"""References that are checked once for a statement, as SQL for the migrations of the rooms above.

PostgreSQL asks a foreign key for each row, and locks the row it names: of a long list that was a third of all that the
server did (`docs/adr/0015-references-are-asked-once.md`). Where the rows named are never removed, nothing has
to be locked, and all rows of a statement can be asked about together.
"""

from collections.abc import Mapping


def never_removed(*tables: str) -> str:
    """Return SQL after which rows of these tables cannot be removed, nor their numbers changed, by any role."""
    return "\n".join(
        f"""
        create or replace function refuse_removal() returns trigger language plpgsql as $$
        begin
          raise exception 'rows of % stay, and stay who they are: end one and add another', tg_table_name
            using errcode = '23001';
        end $$;
        create trigger {table}_stays before delete on {table} for each row execute function refuse_removal();
        create trigger {table}_keeps_its_number before update of id on {table}
          for each row when (old.id is distinct from new.id) execute function refuse_removal();
        create trigger {table}_is_never_emptied before truncate on {table}
          for each statement execute function refuse_removal();
        """
        for table in tables
    )


def asked_once(table: str, references: Mapping[str, str]) -> str:
    """Return SQL by which columns of a table name rows of others, by their `id`, and nothing else.

    references: column -> table, whose rows are `never_removed`. Foreign keys of these columns go, but only where the
    owner of the tables sees the rows of every scope, as a foreign key does; elsewhere they stay as they were.
    """
    drops = "\n".join(_drop(table, column) for column in references)
    missing = "\n".join(_missing(table, column, other) for column, other in references.items())
    changed = "\n".join(_changed(column, other) for column, other in references.items())
    raised = " or ".join(f"old.{column} is distinct from new.{column}" for column in references)
    return f"""
    do $migration$ begin
      if not (select rolbypassrls or rolsuper from pg_roles where rolname = current_user) then return; end if;
      {drops}
      create function {table}_asked_once() returns trigger language plpgsql security definer
        set search_path = public, pg_temp as $$
      declare lost bigint;
      begin
        {missing}
        return null;
      end $$;
      create function {table}_asked_again() returns trigger language plpgsql security definer
        set search_path = public, pg_temp as $$
      begin
        {changed}
        return null;
      end $$;
      create trigger {table}_names_what_is_there after insert on {table} referencing new table as added
        for each statement execute function {table}_asked_once();
      create trigger {table}_still_names_what_is_there after update of {", ".join(references)} on {table}
        for each row when ({raised}) execute function {table}_asked_again();
    end $migration$;
    """


def _drop(table: str, column: str) -> str:
    return f"""
      execute (
        select coalesce(string_agg(format('alter table {table} drop constraint %I', c.conname), ';'), 'select 1')
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
        where c.conrelid = '{table}'::regclass and c.contype = 'f' and a.attname = '{column}'
      );"""


def _missing(table: str, column: str, other: str) -> str:
    # A subquery for each value: a join could be planned once for a long list, as a scan of the whole register, and
    # that plan kept for every single row that comes after it.
    return f"""
        select a.named into lost from (select distinct {column} as named from added where {column} is not null) as a
          where (select r.id from {other} r where r.id = a.named) is null limit 1;
        if found then
          raise foreign_key_violation using message = '{table}.{column} names a row of {other} that is not there',
            detail = format('Key (id)=(%s) is not present in table "{other}".', lost), table = '{table}',
            column = '{column}', constraint = '{table}_names_what_is_there';
        end if;"""


def _changed(column: str, other: str) -> str:
    return f"""
        if new.{column} is not null and not exists (select from {other} r where r.id = new.{column}) then
          raise foreign_key_violation using
            message = tg_table_name || '.{column} names a row of {other} that is not there',
            table = tg_table_name, column = '{column}', constraint = tg_name;
        end if;"""
