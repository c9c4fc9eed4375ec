"""One starter at a time for one data folder."""

import fcntl
import os
from pathlib import Path

from shali.config.postgres.refusal import CannotStart


class InUse(CannotStart):
    """Another process of this installation runs the database of this folder."""

    def __init__(self, folder: Path, holder: str, purpose: str) -> None:
        self.purpose = purpose
        super().__init__(
            f"Another `shali {purpose}` (process {holder}) is using {folder}. "
            "Stop it first, or set SHALI_VAR to a folder of its own for this one."
        )


class FolderLock:
    """A lock that the kernel takes back when its holder dies, whatever the reason."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self, purpose: str) -> None:
        """Take the lock, and leave word for others of what for.

        :raises InUse: another process holds it
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder, _, its_purpose = os.read(file, 100).decode().partition(" ")
            os.close(file)
            raise InUse(self.path.parent, holder or "?", its_purpose or "run") from None
        os.truncate(file, 0)
        os.pwrite(file, f"{os.getpid()} {purpose}".encode(), 0)
        self._file = file

    def give_back(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
