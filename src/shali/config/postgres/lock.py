"""One starter at a time for one data folder."""

import fcntl
import os
from pathlib import Path

from shali.config.postgres.refusal import CannotStart


class FolderLock:
    """A lock that the kernel takes back when its holder dies, whatever the reason."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self) -> None:
        """Take the lock.

        :raises CannotStart: another process holds it
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 20).decode() or "?"
            os.close(file)
            raise CannotStart(
                f"Another run (process {holder}) is using {self.path.parent}. "
                "Stop it first, or set SHALI_VAR to a folder of its own for this one."
            ) from None
        os.truncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        self._file = file

    def give_back(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
