"""Cases out of a file: from when to when each exposes others, and how that was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from shali.engines.rings.model import EPOCH
from shali.engines.rings.reading.headings import CASE_COLUMNS, find_columns
from shali.engines.rings.reading.problems import KEPT, LEFT_OUT, CannotRead, Kind, Problems
from shali.engines.rings.reading.tables import Refused, open_table
from shali.engines.rings.reading.times import HOW, UNREADABLE, read_times, to_clock
from shali.engines.rings.reading.visits import read_ids

GIVEN, FROM_ONSET, LOOKED_BACK = "given in the file", "counted from the onset", "looked back"


@dataclass(frozen=True, slots=True)
class Clock:
    """What the visits say of time. latest: the last moment of all, in seconds since 1970."""

    kind: str
    zone: str
    latest: int


@dataclass(frozen=True, slots=True)
class Rule:
    """How a window is found that the file leaves open. within, before_onset: seconds."""

    within: int
    before_onset: int


@dataclass(frozen=True, slots=True)
class Case:
    """A person and a window, start and end in seconds since `EPOCH`. row: of the file."""

    person: int | str
    start: int
    end: int
    how: str
    row: int


def read_cases(
    path: Path, named: Mapping[str, str], problems: Problems, *, clock: Clock, rule: Rule
) -> tuple[list[Case], dict[str, str]]:
    """Return the cases, and which heading was taken for what.

    The end is the one given, else the case's date (that whole day), else the latest time of all visits, and never
    later. The start is the one given, else `before_onset` before the onset, else `within` before the end.
    """
    table = open_table(path)
    columns = find_columns(table.headings, CASE_COLUMNS, named, file=str(path), of="cases")
    pieces = list(table.batches(list(columns.values()), _ragged(path, problems)))
    if not sum(map(len, pieces)):
        raise CannotRead(f"{path} has no case in it.")
    read = pa.Table.from_batches(pieces)
    people = read_ids(pl.Series(read[columns["person"]]))
    times: dict[str, NDArray[np.int64]] = {}
    for what in ("start", "end", "onset", "date"):
        if what in columns:
            column, last = pl.Series(read[columns[what]]), what in {"end", "date"}
            times[what] = _seconds(column, columns[what], path, problems, clock=clock, end_of_day=last)
    cases, twice = [], set()
    for row, person in enumerate(people):
        said = {what: int(seconds[row]) for what, seconds in times.items() if seconds[row] != UNREADABLE}
        case = None if person is None else _window(person, said, clock, rule, row + 1)
        if case is None:
            problems.add(Kind(str(path), columns["person"], "no person", LEFT_OUT), [row + 1], [None])
        elif case.end < case.start:
            kind = Kind(
                str(path), columns.get("end", columns.get("date", "")), "the window ends before it starts", LEFT_OUT
            )
            problems.add(kind, [row + 1], [_at(case.end)])
        else:
            if person in twice:
                kind = Kind(str(path), columns["person"], "stands in the file before: both windows count", KEPT)
                problems.add(kind, [row + 1], [person])
            twice.add(person)
            cases.append(case)
    return cases, columns


def _window(person: int | str, said: Mapping[str, int], clock: Clock, rule: Rule, row: int) -> Case:
    end = min(said.get("end", said.get("date", clock.latest)), clock.latest)
    if "start" in said:
        start, how = said["start"], GIVEN
    elif "onset" in said:
        start, how = said["onset"] - rule.before_onset, FROM_ONSET
    else:
        start, how = end - rule.within, LOOKED_BACK
    low, high = -(2**31) + 1, 2**31 - 2
    return Case(person, min(max(start - EPOCH, low), high), min(max(end - EPOCH, low), high), how, row)


def _seconds(
    column: pl.Series, heading: str, path: Path, problems: Problems, *, clock: Clock, end_of_day: bool
) -> NDArray[np.int64]:
    read = read_times(column, end_of_day=end_of_day)
    if read is None:
        raise CannotRead(f'{path}: column "{heading}" holds {column.dtype}, which are no times; {HOW}.')
    seconds = to_clock(read, clock.kind, clock.zone)
    blank = column.is_null() | (column.cast(pl.String).str.strip_chars() == "")
    wrong = np.flatnonzero((seconds == UNREADABLE) & ~blank.fill_null(True).to_numpy())
    kind = Kind(str(path), heading, f"is not a time; {HOW}", KEPT)
    problems.add(kind, (wrong + 1).tolist(), column.gather(wrong).to_list())
    return seconds


def _ragged(path: Path, problems: Problems) -> Refused:
    kind = Kind(str(path), "", "has more or fewer cells than there are headings", LEFT_OUT)
    return lambda row, text: problems.add(kind, [row], [text])


def _at(seconds: int) -> str:
    return str(np.datetime64(seconds + EPOCH, "s")).replace("T", " ")
