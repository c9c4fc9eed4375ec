"""The parts of a packed workbook, read without unpacking more than was allowed."""

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from shali.foundation.intake.reading.limits import Limits
from shali.foundation.intake.reading.refusals import UnreadableFile

CHUNK = 1 << 18
# zipfile says "damaged" in many ways: RuntimeError for an encrypted part, NotImplementedError for an unknown method,
# EOFError, OSError and ValueError for lengths and offsets that point past the end, zlib.error for garbled data.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)


class Archive:
    """A zip whose directory was checked. Nothing is written anywhere."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self.limits = limits
        self._unpacked = 0
        _check_number_of_entries(file, limits)
        try:
            self._zip = zipfile.ZipFile(file)
        except _DAMAGE as error:
            raise UnreadableFile("damaged") from error
        self.names = [entry.filename for entry in self._zip.infolist()]
        self._check()

    def _check(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > self.limits.archive_entries:
            raise UnreadableFile("too_many_parts", parts=len(entries))
        if len({entry.filename.lower() for entry in entries}) != len(entries):
            raise UnreadableFile("damaged")
        for entry in entries:
            name = entry.orig_filename.replace("\\", "/")
            if name.startswith("/") or ".." in name.split("/") or ":" in name or "\x00" in name:
                raise UnreadableFile("dangerous_path")
            if entry.flag_bits & 1:
                raise UnreadableFile("encrypted")
            if entry.file_size > self.limits.packing_from_bytes and (
                entry.file_size > self.limits.packing * max(entry.compress_size, 1)
            ):
                raise UnreadableFile("packed_bomb")
        if sum(entry.file_size for entry in entries) > self.limits.unpacked_bytes:
            raise UnreadableFile("packed_bomb")

    def find(self, name: str) -> str | None:
        """Return the part's real name; some writers differ in letter case and use backslashes."""
        wanted = name.lower().lstrip("/")
        return next((have for have in self.names if have.replace("\\", "/").lower() == wanted), None)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a part, piece by piece.

        :raises UnreadableFile: it is damaged, or holds more than its directory said
        """
        entry = self._zip.getinfo(name)
        left = entry.file_size
        try:
            with self._zip.open(entry) as part:
                while chunk := part.read(CHUNK):
                    left -= len(chunk)
                    self._unpacked += len(chunk)
                    # Each part is read at most three times: counting, reading, and the second reader.
                    if left < 0 or self._unpacked > 3 * self.limits.unpacked_bytes:
                        raise UnreadableFile("packed_bomb")
                    yield chunk
        except _DAMAGE as error:
            raise UnreadableFile("damaged") from error

    def read(self, name: str, *, most: int = 16 * 1024 * 1024) -> bytes:
        pieces, size = [], 0
        for chunk in self.chunks(name):
            size += len(chunk)
            if size > most:
                raise UnreadableFile("packed_bomb")
            pieces.append(chunk)
        return b"".join(pieces)


def _check_number_of_entries(file: BinaryIO, limits: Limits) -> None:
    """Refuse a directory of very many entries before the zip module builds an object for each."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 12 > len(tail):
        raise UnreadableFile("damaged")
    parts = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    file.seek(0)
    # 46 bytes is the least that an entry takes; an average far above 600 bytes has no use.
    if parts > limits.archive_entries or directory > limits.archive_entries * 600:
        raise UnreadableFile("too_many_parts", parts=max(parts, directory // 46))
