"""Rows as a file's first reading found them, kept sealed until they are settled: a long file is read once, not twice.

Nothing depends on them. Where they are missing, old, or were read with other columns, the file is read again.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

import orjson

from shali.foundation.intake.models import StoredFile
from shali.foundation.intake.reading import Reading, RowRead, rows_said
from shali.foundation.intake.services.original import stored_path
from shali.foundation.vault.sealing import SealBroken, open_bytes, seal

BLOCK = 4 << 20  # bytes of rows sealed at a time
KEPT_FOR = timedelta(days=1)
LENGTH = struct.Struct(">I")


class Keeping:
    """Keeps what a reading says, while it is read: `with Keeping(digest, number) as keep: Reading(..., tap=keep)`.

    number: of the stored file, to which the rows are bound
    The rows are there when `done` was called; a reading that failed leaves nothing.
    """

    def __init__(self, digest: bytes, number: int) -> None:
        self._path, self._number = _path(digest), number
        self._draft = self._path.with_suffix(f".{os.getpid()}")
        self._lines: list[bytes] = []
        self._size = self._blocks = 0

    def __enter__(self) -> "Keeping":
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = self._draft.open("wb")
        return self

    def __call__(self, line: bytes) -> None:
        self._lines.append(line)
        self._size += len(line)
        if self._size > BLOCK:
            self._write()

    def done(self, reading: Reading, *, at: datetime) -> None:
        """Let the rows be found by whoever asks for the same reading."""
        self._write()
        self._lines.append(_head(reading))
        self._write()
        self._file.close()
        # By the city's clock, as everything that is asked about it.
        os.utime(self._draft, (at.timestamp(), at.timestamp()))
        self._draft.replace(self._path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._draft.unlink(missing_ok=True)

    def _write(self) -> None:
        sealed = seal(b"".join(self._lines), table="intake_storedfile", column=f"rows {self._blocks}", row=self._number)
        self._file.write(LENGTH.pack(len(sealed)) + sealed)
        self._lines, self._size, self._blocks = [], 0, self._blocks + 1


def kept_rows(stored: StoredFile, *, reading: Reading, at: datetime) -> Iterator[RowRead] | None:
    """Return the rows that this reading of a file would find, where they were kept; None where it must be read."""
    path = _path(bytes(stored.sha256))
    with suppress(FileNotFoundError, SealBroken):
        if _age(path, at) < KEPT_FOR:
            places = _places(path)
            if places and _block(path, stored.pk, places, len(places) - 1) == _head(reading):
                # All of them open now, or half of the rows would be settled before it shows that one does not.
                for which in range(len(places) - 1):
                    _block(path, stored.pk, places, which)
                return rows_said(_lines(path, stored.pk, places[:-1]))
    return None


def forget_rows(stored: StoredFile) -> None:
    """Remove what was kept of a file."""
    _path(bytes(stored.sha256)).unlink(missing_ok=True)


def forget_old_rows(*, at: datetime) -> int:
    """Remove what is too old to be used, of files that nobody confirmed; return how many."""
    from django.conf import settings

    old = [one for one in Path(settings.FILE_FOLDER).glob("*/*.rows") if _age(one, at) > KEPT_FOR]
    for one in old:
        one.unlink(missing_ok=True)
    return len(old)


def _age(path: Path, at: datetime) -> timedelta:
    return timedelta(seconds=at.timestamp() - path.stat().st_mtime)


def _path(digest: bytes) -> Path:
    return stored_path(digest).with_suffix(".rows")


def _head(reading: Reading) -> bytes:
    return orjson.dumps([version("shali"), reading.asked], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def _places(path: Path) -> list[tuple[int, int]]:
    """Return where each sealed block lies: (offset, length); nothing of a file that was cut short."""
    places, size = [], path.stat().st_size
    with path.open("rb") as file:
        while len(head := file.read(LENGTH.size)) == LENGTH.size:
            (length,) = LENGTH.unpack(head)
            places.append((file.tell(), length))
            if file.seek(length, os.SEEK_CUR) > size:
                return []
    return places


def _block(path: Path, number: int, places: list[tuple[int, int]], which: int) -> bytes:
    offset, length = places[which]
    with path.open("rb") as file:
        file.seek(offset)
        return open_bytes(file.read(length), table="intake_storedfile", column=f"rows {which}", row=number)


def _lines(path: Path, number: int, places: list[tuple[int, int]]) -> Iterator[bytes]:
    for which in range(len(places)):
        yield from _block(path, number, places, which).splitlines()
