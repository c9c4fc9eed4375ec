"""Where the database is: `DATABASE_URL`, or the one that `shali run` started below `SHALI_VAR`."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

ROLES = {"owner": "shali_owner", "web": "shali_web", "worker": "shali_worker"}


def var_folder() -> Path:
    return Path(os.environ.get("SHALI_VAR", "var")).resolve()


def key_folder() -> Path:
    return Path(os.environ.get("SHALI_KEYS") or var_folder() / "keys").resolve()


def database_url() -> str | None:
    """Return `DATABASE_URL`, or what the local server's starter wrote down, or nothing."""
    if given := os.environ.get("DATABASE_URL"):
        return given
    note = var_folder() / "database-url"
    return note.read_text().strip() if note.exists() else None


def password_file(keys: Path, role: str) -> Path:
    return keys / f"database-{role}"


def connection_settings(*, role: str, pool: bool) -> dict[str, object]:
    """Return Django's settings of the connection for one of the three roles.

    The address names the server and the database; user and password are those of the role. The password is
    `SHALI_DB_PASSWORD_<ROLE>`, or what the starter wrote into the key folder. `SHALI_DB_AS_GIVEN=1` takes user
    and password from the address instead.
    """
    url = urlsplit(database_url() or "postgresql://localhost/shali")
    given = dict(parse_qsl(url.query))
    as_given = os.environ.get("SHALI_DB_AS_GIVEN") == "1"
    # Kept by a connection is what asks to be kept (`read_by_key`), and nothing for being asked often.
    options: dict[str, object] = {"application_name": f"shali-{role}", "prepare_threshold": 1_000_000_000}
    if "sslmode" in given:
        options["sslmode"] = given["sslmode"]
    if pool:
        options["pool"] = {"min_size": 2, "max_size": 12, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/") or "shali",
        "USER": unquote(url.username or "") if as_given else ROLES[role],
        "PASSWORD": unquote(url.password or "") if as_given else _password(role),
        "HOST": given.get("host") or url.hostname or "localhost",
        "PORT": str(url.port or given.get("port") or 5432),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if pool else None,
        # A restarted server costs nobody an error; the question takes 0.1 ms.
        "CONN_HEALTH_CHECKS": True,
    }


def _password(role: str) -> str:
    if given := os.environ.get(f"SHALI_DB_PASSWORD_{role.upper()}"):
        return given
    path = password_file(key_folder(), role)
    return path.read_text().strip() if path.exists() else ""
