"""Starts the reading child, holds it to its limits, and hands on what it found."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from shali.foundation.intake.reading.announced import number_in
from shali.foundation.intake.reading.days import year_in
from shali.foundation.intake.reading.judge import Value
from shali.foundation.intake.reading.limits import Limits
from shali.foundation.intake.reading.mapping import Mapping
from shali.foundation.intake.reading.refusals import UnreadableFile
from shali.foundation.intake.reading.text import column_letter

# What the child says in JSON; its shape is fixed in child.py.
Message = list[Any]
STATES = {"t": "taken", "x": "rejected", "s": "skipped"}


class Mark(NamedTuple):
    """Something to be known of a row: its code, and the letter of the column ('' for the row itself)."""

    code: str
    column: str


class RowRead(NamedTuple):
    """One row of one table: taken, rejected (`reason` and `column`) or skipped (`reason` says why)."""

    sheet: int
    table: int
    row: int
    state: str
    reason: str
    column: str
    values: dict[str, Value]
    marks: tuple[Mark, ...]
    cells: tuple[str, ...]  # as received, in the order of the table's columns; only when asked for


@dataclass(frozen=True, slots=True)
class RowAsItStands:
    sheet: str
    row: int
    texts: tuple[str, ...]


class Reading:
    """The rows of one file, read in a child process; `summary` is there when all of them were taken out."""

    def __init__(
        self,
        source: Path | BinaryIO,
        *,
        name: str = "",
        mapping: Mapping | None = None,
        limits: Limits | None = None,
        with_cells: bool = False,
        as_it_stands: bool = False,
        tap: Callable[[bytes], None] | None = None,
    ) -> None:
        """tap: is given each line that the child says, before anybody acts upon it."""
        self._source = source
        self.name = name or (source.name if isinstance(source, Path) else "")
        self._mapping = mapping or Mapping()
        self._limits = limits or Limits()
        self._with_cells = with_cells
        self._as_it_stands = as_it_stands
        self._tap = tap
        self.summary: dict[str, object] = {}
        self.rows_seen = 0
        self.announced_in_name = number_in(Path(self.name).stem)

    @property
    def asked(self) -> dict[str, object]:
        """What decides how a row is taken, besides the file: two readings that ask the same find the same."""
        return {
            "mapping": self._mapping.to_json(),
            "year": self._mapping.year or year_in(self.name),
            "with_cells": self._with_cells,
            "as_it_stands": self._as_it_stands,
        }

    def rows(self) -> Iterator[RowRead]:
        """Yield every row.

        :raises UnreadableFile: the file cannot be read safely; what was yielded before must not be used
        """
        for message in self.messages():
            if message[0] == "r":
                yield _row(message)

    def rows_as_they_stand(self) -> Iterator[RowAsItStands]:
        """Yield every row of a file that was opened `as_it_stands`: nothing is recognised, nothing is left out."""
        for message in self.messages():
            if message[0] == "w":
                yield RowAsItStands(message[1], message[2], tuple(message[3]))

    def messages(self) -> Iterator[Message]:
        if isinstance(self._source, Path):
            try:
                with self._source.open("rb") as file:
                    yield from self._from(file)
            except (IsADirectoryError, PermissionError, FileNotFoundError) as error:
                raise UnreadableFile("reader_failed") from error
        else:
            yield from self._from(self._source)

    def _from(self, file: BinaryIO) -> Iterator[Message]:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            raise UnreadableFile("empty")
        if size > self._limits.file_bytes:
            raise UnreadableFile("too_large", size=size, most=self._limits.file_bytes)
        options = orjson.dumps({"limits": asdict(self._limits), **self.asked})
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        child = _start(file, options)
        too_late = threading.Event()
        watch = threading.Timer(self._limits.wall_seconds, _end, [child, too_late])
        watch.daemon = True
        watch.start()
        try:
            yield from self._listen(child)
        finally:
            watch.cancel()
            child.kill()
            child.wait()
            child.stdout.close()  # type: ignore[union-attr]  # the pipe was asked for
            child.stderr.close()  # type: ignore[union-attr]  # the pipe was asked for
        if too_late.is_set() and not self.summary:
            raise UnreadableFile("too_slow", seconds=self._limits.wall_seconds)
        if not self.summary:
            if child.returncode == -signal.SIGXCPU:
                raise UnreadableFile("too_slow", seconds=self._limits.cpu_seconds)
            raise UnreadableFile(_why_ended(child.returncode))

    def _listen(self, child: "subprocess.Popen[bytes]") -> Iterator[Message]:
        assert child.stdout is not None
        for line in child.stdout:
            if self._tap is not None:
                self._tap(line)
            message = orjson.loads(line)
            if message[0] == "x":
                raise UnreadableFile(message[1], **message[2])
            if message[0] == "end":
                self.summary = message[1]
            elif message[0] == "p":
                self.rows_seen = message[1]
            yield message
        child.wait()


def _start(file: BinaryIO, options: bytes) -> "subprocess.Popen[bytes]":
    reading, writing = os.pipe()
    try:
        child = subprocess.Popen(
            [sys.executable, "-I", "-m", "shali.foundation.intake.reading.child", str(reading)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(reading,),
            env={"LANG": "C.UTF-8"},
            close_fds=True,
        )
    finally:
        os.close(reading)
    # A remembered mapping may be longer than the pipe holds; the child reads it before anything else.
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(options)
    return child


def _end(child: "subprocess.Popen[bytes]", too_late: threading.Event) -> None:
    too_late.set()
    child.kill()


def _why_ended(returncode: int) -> str:
    # SIGKILL and its like come from the limits; a crash of the reader is told plainly.
    return "too_much_memory" if returncode in (-9, -11, -6) else "reader_failed"


def rows_said(lines: Iterable[bytes]) -> Iterator[RowRead]:
    """Yield the rows of lines that a child said before."""
    for line in lines:
        message = orjson.loads(line)
        if message[0] == "r":
            yield _row(message)


def _row(message: Message) -> RowRead:
    _, sheet, table, row, state, reason, *rest = message
    if not rest:
        return RowRead(sheet, table, row, STATES[state], reason, "", {}, (), ())
    column, values, marks, cells = rest
    said = tuple([Mark(code, letter(at)) for code, at in marks]) if marks else ()
    return RowRead(sheet, table, row, STATES[state], reason, letter(column), values, said, tuple(cells or ()))


def letter(column: int) -> str:
    return column_letter(column) if column >= 0 else ""
