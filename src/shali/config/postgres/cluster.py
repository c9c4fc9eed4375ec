"""The data folder: made once, in a folder beside it that is renamed when it is whole."""

import getpass
import hashlib
import shutil
import subprocess
from pathlib import Path

from shali.config.postgres.account import Account, can_reach, shared_folder
from shali.config.postgres.child import start_child
from shali.config.postgres.refusal import CannotStart

# No ICU in this build; the builtin provider sorts by code point, on every machine alike.
INITDB = (
    "--data-checksums",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--username=postgres",
    "--auth=reject",
    "--no-instructions",
)
# The administrator is whoever started the server, known by the kernel; the three roles show their passwords.
WHO_MAY_CONNECT = """\
local all postgres peer map=starter
local all all scram-sha-256
"""


def data_folder(wanted: Path, account: Account | None) -> Path:
    """Return where the data goes: the wanted folder, or another when that lies in a home closed to the account."""
    wanted = wanted.resolve()
    if account is None or can_reach(wanted.parent, account):
        return wanted
    mark = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    return shared_folder() / f"data-{mark}"


def make_cluster(data: Path, *, binaries: Path, account: Account | None, lasting: bool) -> None:
    """Make the data folder unless it is there; a start that was killed half-way leaves only a draft behind."""
    if not (data / "PG_VERSION").exists():
        draft = data.with_name(f"{data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        if account:
            shutil.chown(draft, account.uid, account.gid)
        command = [str(binaries / "initdb"), *INITDB, f"--pgdata={draft}", *(() if lasting else ("--no-sync",))]
        made = start_child(command, account=account, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
        said = made.communicate()[0].decode(errors="replace")
        if made.returncode:
            raise CannotStart(f"initdb could not make {draft}:\n{said}")
        draft.rename(data)
    _check_version(data, binaries)
    _write(data / "pg_hba.conf", WHO_MAY_CONNECT, account)
    starters = {getpass.getuser() if account is None else "root", account.name if account else getpass.getuser()}
    _write(data / "pg_ident.conf", "".join(f"starter {name} postgres\n" for name in sorted(starters)), account)


def _check_version(data: Path, binaries: Path) -> None:
    of_data = (data / "PG_VERSION").read_text().strip()
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    of_server = said.split()[-1].split(".")[0]
    if of_data != of_server:
        raise CannotStart(
            f"{data} was written by PostgreSQL {of_data}, this is {of_server}. Dump it with the version of Shali "
            f"that wrote it, then load the dump here (docs/how-to/upgrade-postgresql.md)."
        )


def _write(path: Path, text: str, account: Account | None) -> None:
    path.write_text(text)
    path.chmod(0o600)
    if account:
        shutil.chown(path, account.uid, account.gid)
