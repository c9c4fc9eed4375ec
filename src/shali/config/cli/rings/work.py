"""From files to files: read the visits, read the cases, find who met whom, write, and say what was done."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from shali.config.cli.rings.say import Counts, Moment, Say
from shali.config.cli.rings.ways import Ask, ByExpression, ByStore
from shali.engines.rings import EPOCH, Batch
from shali.engines.rings.answer import for_csv
from shali.engines.rings.reading import KEPT, Clock, Kind, Problems, VisitFile, open_table, read_cases
from shali.engines.rings.reading.times import HOW, UNREADABLE, read_times, to_clock

COLUMNS = ("person", "place", "enter", "leave", "seat", "start", "end", "onset", "date")


class Refused(Exception):
    """The command is asked for something that it does not do; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where everything is, and under which headings."""

    visits: list[Path]
    cases: Path
    out: Path | None
    problems: Path | None
    store: Path | None
    visit_headings: dict[str, str]
    case_headings: dict[str, str]


def headings(options: list[str] | None) -> dict[str, str]:
    """Return what `place=venue` says."""
    told = {}
    for option in options or []:
        what, equals, heading = option.partition("=")
        if not equals or what not in COLUMNS or not heading:
            raise Refused(f'"{option}" names no column. Write it like place=venue; see shali rings --help.')
        told[what] = heading
    return told


def run(files: Files, ask: Ask) -> None:
    """Do all of it.

    :raises Refused, CannotRead, CannotStore: with a sentence that says what to do
    """
    paths = _check(files, ask)
    with TemporaryDirectory(prefix="rings-") as folder:
        way = ByExpression(Path(folder)) if ask.engine == "duckdb" else ByStore(files.store or Path(folder))
        work = _Work(files, ask, way, Say(), Problems())
        try:
            with work.say.working():
                for path in paths:
                    work.take(path)
                counts = Counts()
                _write(counts.counting(work.answer()), files.out, work.say)
        finally:
            if files.problems is not None:
                work.problems.write(files.problems)
            written = f", all of them in {files.problems}" if files.problems else ""
            work.say.problems(work.problems, written)
        work.say.found(counts, order=ask.order, written=str(files.out or ""))


def _check(files: Files, ask: Ask) -> list[Path]:
    """Refuse what cannot be done before anything is read; return the files of visits."""
    if ask.engine not in {"store", "duckdb"}:
        raise Refused(f'--engine is store or duckdb, not "{ask.engine}".')
    if ask.engine == "duckdb" and files.store:
        raise Refused("--store keeps the index, which --engine duckdb does not use. Leave one of them out.")
    if files.out and files.out.suffix not in {".parquet", ".csv"}:
        raise Refused(f"--out {files.out} must end in .parquet or .csv.")
    for path in (files.out, files.problems):
        if path and not os.access(path.parent, os.W_OK):
            raise Refused(f"{path} cannot be written: there is no folder {path.parent}, or it is not yours to write.")
    try:
        ZoneInfo(ask.zone)
    except (KeyError, ValueError, OSError):
        raise Refused(f'"{ask.zone}" is no zone. Name one like Asia/Shanghai or UTC.') from None
    if not files.visits and not (files.store and (files.store / "store.json").is_file()):
        raise Refused("Name the visits with --visits, or a store that holds some with --store.")
    paths = []
    for path in files.visits:
        inside = (
            sorted(one for one in path.rglob("*") if one.suffix in {".parquet", ".csv", ".gz"})
            if path.is_dir()
            else [path]
        )
        if not inside:
            raise Refused(f"There is no parquet or CSV file in {path}.")
        paths += inside
    return paths


@dataclass(frozen=True, slots=True)
class _Work:
    files: Files
    ask: Ask
    way: ByStore | ByExpression
    say: Say
    problems: Problems

    def take(self, path: Path) -> None:
        """Read one file of visits and say what was taken for what."""
        self.say.now(f"reading {path}")
        table = open_table(path)
        if self.way.holds(path):
            self.say.line(f"{path}: is in the store already")
            return
        file = VisitFile(table, self.files.visit_headings, self.problems, self.ask.zone)
        many = self.way.add(file, self._told(file), self.say)
        self.say.columns(str(path), file.columns, f"{many:,} visits")

    def answer(self) -> Iterator[pa.Table]:
        way, path, problems = self.way, self.files.cases, self.problems
        latest = way.finish()
        if latest is None:
            raise Refused(f"There is no visit in {', '.join(map(str, self.files.visits))}{self._see()}.")
        clock = Clock(way.clock, self.ask.zone, _until(self.ask, way.clock, latest + EPOCH))
        self.say.now("reading cases")
        cases, columns = read_cases(path, self.files.case_headings, problems, clock=clock, rule=self.ask.rule)
        self.say.columns(str(path), columns, f"{len(cases):,} cases")
        if not cases:
            raise Refused(f"There is no case in {path} that can be asked about{self._see()}.")
        found = way.find([case.person for case in cases])
        strangers = [case for case, code in zip(cases, found, strict=True) if code is None]
        kind = Kind(str(path), columns["person"], "is in no visit", KEPT)
        problems.add(kind, [case.row for case in strangers], [case.person for case in strangers])
        self.say.windows(cases, Moment(way.clock, self.ask.zone))
        self.say.now("looking (the first time on a machine: ten seconds more to compile)")
        return way.answer(cases, self.ask, clock.latest - EPOCH)

    def _told(self, file: VisitFile) -> Iterator[Batch]:
        for batch in file.batches():
            self.say.now(f"reading {file.table.path}: {file.rows:,} rows")
            yield batch

    def _see(self) -> str:
        return ": see the problems" if len(self.problems) else ""


def _until(ask: Ask, clock: str, latest: int) -> int:
    if not ask.until:
        return latest
    read = read_times(pl.Series([ask.until]), end_of_day=True)
    seconds = UNREADABLE if read is None else int(to_clock(read, clock, ask.zone)[0])
    if seconds == UNREADABLE:
        raise Refused(f'--until "{ask.until}" is not a time; {HOW}.')
    return min(seconds, latest)


def _write(pieces: Iterator[pa.Table], out: Path | None, say: Say) -> None:
    """Write the pieces one after the other; a file appears under its name only when it is whole."""
    fresh = out and out.with_name(out.name + ".new")
    parquet = out is not None and out.suffix == ".parquet"
    writer, rows = None, 0
    try:
        for piece in pieces:
            table = piece if parquet else for_csv(piece)
            if writer is None:
                into = fresh or sys.stdout.buffer
                writer = (pq.ParquetWriter if parquet else pyarrow.csv.CSVWriter)(into, table.schema)
            writer.write_table(table)
            rows += len(table)
            say.now(f"looking: {rows:,} rows so far")
        if writer is not None:
            writer.close()
        if fresh and out:
            fresh.replace(out)
    except OSError as error:
        raise Refused(f"{out or 'standard output'} cannot be written: {error.strerror or error}.") from None
