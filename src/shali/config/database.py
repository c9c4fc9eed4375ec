"""Where the database is: `DATABASE_URL`, or the one that `shali run` started below `SHALI_VAR`."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

ROLES = {"owner": "shali_owner", "web": "shali_web", "worker": "shali_worker"}


def database_url() -> str | None:
    """Return `DATABASE_URL`, or what the local server's starter wrote down, or nothing."""
    if given := os.environ.get("DATABASE_URL"):
        return given
    note = Path(os.environ.get("SHALI_VAR", "var")).resolve() / "database-url"
    return note.read_text().strip() if note.exists() else None


def connection_settings(*, role: str, pool: bool) -> dict[str, object]:
    """Return Django's settings of the connection for one of the three roles.

    The address names the server and the database; user and password are those of the role, from
    `SHALI_DB_PASSWORD_<ROLE>` or from the address itself where it names that user.
    """
    url = urlsplit(database_url() or "postgresql://localhost/shali")
    given = dict(parse_qsl(url.query))
    own_role = os.environ.get("SHALI_DB_AS_GIVEN") == "1"
    user = unquote(url.username or "") if own_role else ROLES[role]
    password = os.environ.get(f"SHALI_DB_PASSWORD_{role.upper()}", unquote(url.password or ""))
    options: dict[str, object] = {"application_name": f"shali-{role}"}
    if pool:
        options["pool"] = {"min_size": 2, "max_size": 12, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/") or "shali",
        "USER": user,
        "PASSWORD": password,
        "HOST": given.get("host") or url.hostname or "localhost",
        "PORT": str(url.port or given.get("port") or 5432),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if pool else None,
    }
