"""Row-level security as SQL, for the migrations of the rooms above.

The function raises when no scope is set: a bare `current_setting` is the empty string on the second
transaction of a pooled connection and would let every row through.
"""

# In SQL, so that PostgreSQL writes it into the statement that asks: called for each row it took longer than the row.
SCOPE_FUNCTION = """
create or replace function shali_no_scope() returns text language plpgsql stable parallel safe as $$
begin
  raise exception 'no scope is set for this transaction' using errcode = '42501';
end $$;
create or replace function shali_scope() returns text language sql stable parallel safe as $$
  select coalesce(nullif(current_setting('shali.scope', true), ''), shali_no_scope())
$$;
"""

# A path's township, or the path where it stands higher: the body of a function that is written into the statement which
# calls it, and so is not called for each row. Arrays are not immutable enough for that.
TOWNSHIP_OF_PATH = """
  select case when split_part(path, '.', 4) = '' then path
    else split_part(path, '.', 1) || '.' || split_part(path, '.', 2) || '.' || split_part(path, '.', 3) end
"""

# Asked once for a statement, not for each row; without a scope it raises.
WHOLE_TREE = "(select strpos(shali_scope(), '.') = 0)"


def path_wall(table: str, column: str = "path") -> str:
    """Return SQL by which a table shows only the rows of the scope's part of the tree."""
    return f"""
    alter table {table} enable row level security;
    alter table {table} force row level security;
    create policy {table}_scope on {table}
      using ({column} >= shali_scope() and {column} < shali_scope() || '/');
    """


def wall(table: str, condition: str) -> str:
    """Return SQL by which a table shows only the rows that meet a condition over other, walled tables."""
    return f"""
    alter table {table} enable row level security;
    alter table {table} force row level security;
    create policy {table}_scope on {table} using ({condition});
    """


def whole_tree_wall(table: str) -> str:
    """Return SQL by which a table's rows, which are nobody's, show to a scope of the whole tree and to no other.

    The condition is asked once for a statement, not for each row.
    """
    return wall(table, WHOLE_TREE)


def whole_tree_at_once(table: str) -> str:
    """Return SQL by which a wall lets a scope of the whole tree through before it asks for each row; for all others
    it stands as it stood.

    Every row lies in the whole tree, so nothing more is shown. Asked row by row it made half of the work of a list that
    is taken in: each row read or written asked for its person or task once more.
    """
    return f"""
    do $$ declare said text; begin
      select pg_get_expr(polqual, polrelid) into strict said
        from pg_policy where polname = '{table}_scope' and polrelid = '{table}'::regclass;
      execute format('alter policy {table}_scope on {table} using ({WHOLE_TREE.replace("'", "''")} or (%s))', said);
    end $$;
    """


def append_only(table: str) -> str:
    """Return SQL after which no role can change, remove or empty the rows of a table.

    Rights for the web role and the worker are taken away as well, where these roles exist.
    """
    return f"""
    create or replace function refuse_change() returns trigger language plpgsql as $$
    begin raise exception '% is append-only: add a correcting row', tg_table_name using errcode = '23001'; end $$;
    create trigger {table}_append_only before update or delete on {table}
      for each row execute function refuse_change();
    create trigger {table}_never_emptied before truncate on {table}
      for each statement execute function refuse_change();
    do $$ begin
      if exists (select from pg_roles where rolname = 'shali_web') then
        revoke update, delete, truncate on {table} from shali_web, shali_worker;
      end if;
    end $$;
    """
