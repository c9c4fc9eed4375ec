"""PostgreSQL refuses to run as root; started by root, it runs as an unprivileged account of the system."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from shali.config.postgres.refusal import CannotStart


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """Return the account to run the server under, or nothing when whoever starts it will do."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotStart("PostgreSQL does not run as root, and this system has no account postgres or nobody. Add one.")


def can_reach(folder: Path, account: Account) -> bool:
    """Say whether the account may pass through every folder above, and into this one."""
    for part in (folder, *folder.parents):
        try:
            seen = part.stat()
        except FileNotFoundError:
            continue
        if seen.st_uid == account.uid:
            allowed = seen.st_mode & stat.S_IXUSR
        elif seen.st_gid == account.gid:
            allowed = seen.st_mode & stat.S_IXGRP
        else:
            allowed = seen.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def shared_folder() -> Path:
    """Return a folder of root's that other accounts can pass through, for what must not lie in a closed home."""
    folder = Path("/var/lib/shali")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    return folder
