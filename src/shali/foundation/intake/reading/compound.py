"""The folder inside an old Office file (MS-CFB), as far as finding one stream needs it."""

import struct

from shali.foundation.intake.reading.refusals import UnreadableFile

_END = 0xFFFFFFFA  # sector numbers from here on are marks
_SMALL = 4096


class Compound:
    def __init__(self, content: bytes) -> None:
        if len(content) < 512:
            raise UnreadableFile("damaged")
        self._content = content
        self._sector = 1 << _number(content, 30, 2)
        if self._sector not in (512, 4096):
            raise UnreadableFile("damaged")
        self._table = self._read_table()
        self.streams = self._read_directory()

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        piece = self._content[start : start + self._sector]
        if not piece:
            raise UnreadableFile("damaged")
        return piece

    def _read_table(self) -> list[int]:
        sectors = [n for n in _numbers(self._content[76:512]) if n < _END]
        following, seen = _number(self._content, 68, 4), 0
        while following < _END:
            seen += 1
            if seen > len(self._content) // self._sector:
                raise UnreadableFile("damaged")
            numbers = _numbers(self._at(following))
            sectors += [n for n in numbers[:-1] if n < _END]
            following = numbers[-1]
        table: list[int] = []
        for sector in sectors:
            table += _numbers(self._at(sector))
        return table

    def _chain(self, sector: int, table: list[int]) -> list[int]:
        chain: list[int] = []
        while sector < _END:
            if sector >= len(table) or len(chain) > len(table):
                raise UnreadableFile("damaged")
            chain.append(sector)
            sector = table[sector]
        return chain

    def _read_directory(self) -> dict[str, tuple[int, int]]:
        raw = b"".join(self._at(sector) for sector in self._chain(_number(self._content, 48, 4), self._table))
        streams: dict[str, tuple[int, int]] = {}
        for start in range(0, len(raw), 128):
            entry = raw[start : start + 128]
            length = _number(entry, 64, 2)
            if entry[66:67] in (b"\x01", b"\x02", b"\x05") and 2 <= length <= 64:
                name = entry[: length - 2].decode("utf-16-le", "replace")
                if entry[66:67] == b"\x05":
                    name = "/"
                streams[name] = (_number(entry, 116, 4), _number(entry, 120, 4))
        return streams

    def read(self, name: str) -> bytes:
        sector, size = self.streams[name]
        if size >= _SMALL:
            return b"".join(self._at(n) for n in self._chain(sector, self._table))[:size]
        small_table: list[int] = []
        for n in self._chain(_number(self._content, 60, 4), self._table):
            small_table += _numbers(self._at(n))
        root, _ = self.streams["/"]
        container = b"".join(self._at(n) for n in self._chain(root, self._table))
        return b"".join(container[n * 64 : n * 64 + 64] for n in self._chain(sector, small_table))[:size]


def _number(content: bytes, at: int, length: int) -> int:
    return int.from_bytes(content[at : at + length], "little")


def _numbers(content: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))
