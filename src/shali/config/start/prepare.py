"""What the database and the web server need before the first request: tables, reference data, a demo city, files."""

import hashlib
import importlib.util
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType


def migrate() -> int:
    """Bring the tables to the state of the code, as the owner, and return how many migrations that took."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    wanted = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if wanted:
        with connection.cursor() as cursor:
            # A migration that waits for a lock makes everybody behind it wait as well.
            cursor.execute("set lock_timeout = '2s'")
            # Where an operator's account could not exempt the owner from the walls, he looks at the whole city.
            cursor.execute("select set_config('shali.scope', %s, false)", [settings.CITY])
        call_command("migrate", interactive=False, verbosity=0)
        connection.close()
    return len(wanted)


def optional(name: str) -> ModuleType | None:
    """Return a module of this package, or nothing where the installation came without it."""
    return import_module(name) if importlib.util.find_spec(name) else None


def collect_static() -> bool:
    """Copy and compress the files that browsers ask for, unless none has changed; say whether any had."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    seen = (
        (name, Path(storage.path(name)))  # each finder's files lie on this disk
        for finder in get_finders()
        for name, storage in finder.list([".*", "*~"])
    )
    state = _state_of(seen)
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".stamp"
    if stamp.exists() and stamp.read_text() == state:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(state)
    return True


def _state_of(files: Iterable[tuple[str, Path]]) -> str:
    digest = hashlib.sha256()
    for name, path in sorted(files):
        about = path.stat()
        digest.update(f"{name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()
