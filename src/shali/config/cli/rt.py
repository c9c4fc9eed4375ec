"""`shali rt`: the reproduction number by day from anybody's counts, without the application and its database."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shali.config.cli.days import plain_day
from shali.config.cli.tables import note, read_bytes, read_table, refuse, separator_of

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from shali.engines.capacity import Estimates, Prior

CASES = ("i", "incidence", "cases", "case", "count", "counts", "n", "new_cases", "confirmed", "total", "病例数", "病例")
DAYS = ("date", "dates", "day", "t", "time", "onset", "date_onset", "日期")
CHANCES = ("si_distr", "si", "p", "w", "probability", "prob", "density", "pmf", "value", "chance", "概率")
SERIES = ("series", "region", "county", "group", "id")
GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


def add_to(app: typer.Typer) -> None:
    """Mount the command at the top: it has no noun beside itself."""
    app.command("rt", rich_help_panel="Any file of yours")(rt)


def rt(
    *,
    incidence: Annotated[Path, typer.Option(help="CSV of cases by day: I, or local and imported")],
    si: Annotated[Path | None, typer.Option(help="CSV of the serial interval: the chances of 0, 1, 2 ... days")] = None,
    si_mean: Annotated[float | None, typer.Option(help="Mean of the serial interval in days, more than 1")] = None,
    si_sd: Annotated[float | None, typer.Option(help="Standard deviation of the serial interval in days")] = None,
    window: Annotated[int, typer.Option(min=1, help="Days of a window")] = 7,
    prior_mean: Annotated[float, typer.Option(min=1e-9, help="What is believed of R beforehand: its mean")] = 5.0,
    prior_sd: Annotated[float, typer.Option(min=1e-9, help="... and its standard deviation")] = 5.0,
    by: Annotated[str, typer.Option(help="Column that tells series apart: one estimate for each")] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write; without it, standard output")] = None,
) -> None:
    """Estimate R in sliding windows (Cori et al. 2013), one row a window.

    Writes t_start, t_end (days counted from 1, both within the window), mean, sd, q2.5, median, q97.5. A window that
    ends no later than the mean serial interval has no estimate: its cells are empty. Cases of the first day count as
    imported.
    """
    if (si is None) == (si_mean is None and si_sd is None):
        refuse("Say the serial interval once: --si FILE, or --si-mean and --si-sd together.")
    if si is None and (si_mean is None or si_sd is None):
        refuse("--si-mean and --si-sd go together.")
    from shali.engines.capacity import Prior

    series = _series(incidence, by)
    tables = []
    for one in series:
        try:
            found = _estimate(one, si, (si_mean, si_sd), width=window, prior=Prior(prior_mean, prior_sd))
        except ValueError as wrong:
            where = f"{incidence}, {by} {one.name}" if by else str(incidence)
            refuse(f"{where}: {wrong}.")
        tables.append(_table(found, by, one.name))
    _write(tables, out)


@dataclass(frozen=True, slots=True)
class _Series:
    name: str
    local: "NDArray[np.float64]"
    imported: "NDArray[np.float64]"


def _estimate(
    one: _Series, si: Path | None, parameters: tuple[float | None, float | None], *, width: int, prior: "Prior"
) -> "Estimates":
    from shali.engines.capacity import discrete_serial_interval, estimate

    if si is not None:
        distribution = _distribution(si)
    else:
        mean, sd = parameters
        assert mean is not None
        assert sd is not None
        distribution = discrete_serial_interval(len(one.local), mean=mean, sd=sd)
    return estimate(one.local, distribution, imported=one.imported, width=width, prior=prior)


def _series(path: Path, by: str) -> list[_Series]:
    table = _with_headings(path)
    if by and by not in table.columns:
        refuse(f'{path} has no column "{by}". Its columns are: {", ".join(table.columns)}.')
    parts = [(str(key[0]), part) for key, part in table.group_by(by, maintain_order=True)] if by else [("", table)]
    return [_one_series(path, name, part.drop(by) if by else part) for name, part in parts]


def _with_headings(path: Path) -> "pl.DataFrame":
    """Read a table; where its first line holds numbers alone there are no headings."""
    first = read_bytes(path).decode().split("\n", 1)[0]
    cells = [cell.strip().strip('"') for cell in first.split(separator_of(first))]
    return read_table(path, has_headings=not all(_is_number(cell) or _is_day(cell) for cell in cells if cell))


def _one_series(path: Path, name: str, table: "pl.DataFrame") -> _Series:
    import numpy as np

    known = {column.lower(): column for column in table.columns}
    dates = _column(known, DAYS, table, kind=_is_day)
    if "local" in known and "imported" in known:
        local = _counts(path, table, known["local"])
        imported = _counts(path, table, known["imported"])
    else:
        column = _column(known, CASES, table, kind=_is_number, beside=dates)
        if column is None:
            refuse(f"{path}: which column holds the cases of a day? Call it I. Columns: {', '.join(table.columns)}.")
        local = _counts(path, table, column)
        imported = np.zeros_like(local)
    if dates is not None and all(_is_day(str(cell)) for cell in table[dates]):
        local, imported = _by_day(path, [_day(str(cell)) for cell in table[dates]], local, imported)
    elif dates is not None and all(_is_number(str(cell)) for cell in table[dates]):
        local, imported = _by_number(path, [float(cell) for cell in table[dates]], local, imported)
    elif dates is not None:
        _refuse_days(path, table[dates].to_list(), dates)
    local[0], imported[0] = 0, local[0] + imported[0]
    return _Series(name, local, imported)


def _refuse_days(path: Path, cells: list[str | None], column: str) -> None:
    """Name the first cell that is no day: without its day a row's place in time would be a guess."""
    row, cell = next((n, c) for n, c in enumerate(cells, 2) if c is None or not _is_day(c))
    refuse(
        f'{path}, row {row}, column "{column}": "{cell or ""}" is no date that is read here. Write dates as 2022-08-10.'
    )


def _column(
    known: dict[str, str], words: tuple[str, ...], table: "pl.DataFrame", *, kind: object, beside: str | None = None
) -> str | None:
    """Return the column that bears one of the words, else the only one whose cells are all of the kind asked for."""
    for word in words:
        if word in known and known[word] != beside:
            return known[word]
    test = _is_day if kind is _is_day else _is_number
    fits = [c for c in table.columns if c != beside and all(test(str(cell)) for cell in table[c] if cell is not None)]
    if kind is _is_number and len(fits) == 2 and _counts_up(table[fits[0]].to_list()):
        return fits[1]  # the first is a row's number
    return fits[0] if len(fits) == 1 else None


def _counts_up(cells: list[str | None]) -> bool:
    values = [float(cell) for cell in cells if cell is not None]
    return len(values) == len(cells) > 1 and all(b - a == 1 for a, b in pairwise(values))


def _counts(path: Path, table: "pl.DataFrame", column: str) -> "NDArray[np.float64]":
    import numpy as np

    found, empty = [], []
    for row, cell in enumerate(table[column], 2):
        if cell is None:
            empty.append(row)
            found.append(0.0)
            continue
        text = str(cell).replace(",", "") if GROUPED.fullmatch(str(cell)) else str(cell)
        if not _is_number(text) or float(text) < 0 or float(text) != int(float(text)):
            refuse(
                f'{path}, row {row}, column "{column}": "{cell}" is no count of cases. Write a whole number from 0 on.'
            )
        found.append(float(text))
    if empty:
        shown = ", ".join(map(str, empty[:10])) + (" ..." if len(empty) > 10 else "")
        note(f'{path}, column "{column}": {len(empty)} empty cells (rows {shown}) are taken as no case.')
    return np.array(found)


def _by_day(
    path: Path, days: list[date], local: "NDArray[np.float64]", imported: "NDArray[np.float64]"
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    import numpy as np

    seen: dict[date, int] = {}
    for row, day in enumerate(days, 2):
        if day in seen:
            refuse(f"{path}, row {row}: {day} stands in row {seen[day]} already. Give each day one row.")
        seen[day] = row
    first, last = min(days), max(days)
    whole = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    missing = [day for day in whole if day not in seen]
    if missing:
        shown = ", ".join(str(day) for day in missing[:10]) + (" ..." if len(missing) > 10 else "")
        note(f"{path}: {len(missing)} days have no row and are taken as days without a case: {shown}")
    place = {day: n for n, day in enumerate(whole)}
    full = np.zeros((2, len(whole)))
    for day, here, elsewhere in zip(days, local, imported, strict=True):
        full[:, place[day]] = here, elsewhere
    return full[0], full[1]


def _by_number(
    path: Path, days: list[float], local: "NDArray[np.float64]", imported: "NDArray[np.float64]"
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    if any(day != int(day) for day in days):
        return local, imported
    start = date(2000, 1, 1)
    return _by_day(path, [start + timedelta(days=int(day - min(days))) for day in days], local, imported)


def _distribution(path: Path) -> "NDArray[np.float64]":
    import numpy as np

    table = _with_headings(path)
    known = {column.lower(): column for column in table.columns}
    column = _column(known, CHANCES, table, kind=_is_number)
    numeric = [c for c in table.columns if all(_is_number(str(cell)) for cell in table[c])]
    days = [c for c in numeric if c != column and _counts_up(table[c].to_list())]
    if column is None:
        column = next((c for c in numeric if c not in days), None)
    if column is None:
        refuse(f"{path}: which column holds the chances? Call it p. Columns: {', '.join(table.columns)}.")
    chances = []
    for row, cell in enumerate(table[column], 2):
        if cell is None or not _is_number(str(cell)) or float(cell) < 0:
            refuse(f'{path}, row {row}, column "{column}": "{cell}" is no chance. Write a number from 0 to 1.')
        chances.append(float(cell))
    if days and float(table[days[0]][0]) == 1:
        chances.insert(0, 0.0)
    found = np.array(chances)
    if abs(found.sum() - 1) > 0.01:
        note(f"{path}: the chances add up to {found.sum():.6g}, not to 1; they are used as they stand.")
    return found


def _table(found: "Estimates", by: str, name: str) -> "pl.DataFrame":
    import polars as pl

    columns = {by: [name] * len(found.t_start)} if by else {}
    figures = {"mean": found.mean, "sd": found.sd, "q2.5": found.low, "median": found.median, "q97.5": found.high}
    return pl.DataFrame({**columns, "t_start": found.t_start, "t_end": found.t_end, **figures}).with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )


def _write(tables: "list[pl.DataFrame]", out: Path | None) -> None:
    import sys

    import polars as pl

    whole = pl.concat(tables)
    try:
        whole.write_csv(out if out is not None else sys.stdout.buffer)
    except OSError as error:
        refuse(f"{out} cannot be written: {error.strerror}.")
    none = whole["mean"].null_count()
    note(f"{len(whole):,} windows, {none:,} without an estimate")


def _is_number(text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return isfinite(value)


def _is_day(text: str) -> bool:
    # Eight digits may be a date; fewer are a number.
    return not (text.isdigit() and len(text) != 8) and plain_day(text) is not None


def _day(text: str) -> date:
    found = plain_day(text)
    assert found is not None
    return found
