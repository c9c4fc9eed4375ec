"""`shali chain`: any line list and contact list, under other people's column names, to chains of transmission."""

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from shali.config.cli.days import Days, read_days
from shali.config.cli.tables import note, read_table, refuse

if TYPE_CHECKING:
    import polars as pl

    from shali.engines.chains import Case, Chain, Contact, Problem

# What columns are called where the map does not say: the first that is there is taken.
GUESSES = {
    "linelist": {
        "id": ("id", "case_id", "case.id", "caseid", "case", "case_no", "patient_id", "patient", "编号", "病例编号"),
        "onset": (
            *(
                "onset",
                "date_onset",
                "dt_onset",
                "date_of_onset",
                "onset_date",
                "symptom_onset",
                "date_of_symptom_onset",
            ),
            *("发病日期", "发病时间"),
        ),
        "report": (
            *("report", "date_report", "dt_report", "date_of_report", "report_date", "date_confirmation", "dt_diag"),
            *("报告日期", "确诊日期"),
        ),
    },
    "contacts": {
        "source": ("source", "from", "infector", "infector_id", "source_id", "source_case", "传染源", "来源"),
        "target": (
            "target",
            "to",
            "infectee",
            "case_id",
            "infectee_id",
            "target_id",
            "contact",
            "contact_id",
            "被感染者",
        ),
        "first": ("first", "date_first", "first_contact", "date_first_contact", "start", "首次接触"),
        "last": ("last", "date_last", "last_contact", "date_last_contact", "date", "end", "末次接触"),
    },
}
NEEDED = {"linelist": ("id",), "contacts": ("source", "target")}
DATED = {"linelist": ("onset", "report"), "contacts": ("first", "last")}


def add_to(app: typer.Typer) -> None:
    """Mount the command at the top: it has no noun beside itself."""
    app.command("chain", rich_help_panel="Any file of yours")(chain)


def chain(
    *,
    linelist: Annotated[Path, typer.Option(help="CSV of cases, one a row")],
    contacts: Annotated[Path, typer.Option(help="CSV of who met, and perhaps infected, whom")],
    map_: Annotated[Path | None, typer.Option("--map", help="TOML: which column is what, see below")] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to; made if it is not there")],
) -> None:
    """Find who infected whom, and write summary.json, chain.graphml, chain.svg, offspring.csv and problems.csv.

    The map names columns, and how dates are written where that is not plain:

    [linelist]  id, onset, report, and any other name = column (sex, age, place ...); date_format = "%d/%m/%Y"

    [contacts]  source, target, first, last, kind ...

    Nothing is dropped silently: second sources, circles, missing and contradictory dates, people of one file only and
    rows that cannot be used are in problems.csv, each with its row and what was done.
    """
    from shali.engines.chains import build

    columns = _map(map_)
    tables = {"linelist": _table(linelist), "contacts": _table(contacts)}
    paths = {"linelist": linelist, "contacts": contacts}
    named = {what: _columns(what, columns.get(what, {}), tables[what], paths[what]) for what in tables}
    problems: list[Problem] = []
    cases, spelled = _cases(tables["linelist"], named["linelist"], columns, problems)
    met = _contacts(tables["contacts"], named["contacts"], columns, spelled=spelled, problems=problems)
    found = build(cases, met[0])
    everything = [*problems, *found.problems]
    days = met[1] if met[1].is_dates else spelled.days
    _write(out, found, everything, spelled.days if spelled.days.is_dates else days, rows=len(tables["contacts"]))
    note(
        f"{len(found.cases):,} cases, {len(found.links):,} links, {len(found.roots):,} without a source, "
        f"{len(everything):,} problems: see {out / 'problems.csv'}"
    )


class _Spelled:
    """How ids of the line list are written, to find them under another spelling; and how its days are."""

    def __init__(self, ids: Sequence[str], days: Days) -> None:
        self.exact, self.days = set(ids), days
        self.loose: dict[str, str] = {}
        for one in ids:
            self.loose.setdefault(_loose(one), one)

    def find(self, text: str) -> str:
        """Return the line list's own spelling of an id, or the id as it is."""
        return text if text in self.exact else self.loose.get(_loose(text), text)


def _loose(id_: str) -> str:
    text = "".join(id_.split()).casefold()
    head, dot, tail = text.partition(".")
    return head if dot and head.isdigit() and set(tail) <= {"0"} else text


def _map(path: Path | None) -> dict[str, dict[str, Any]]:
    if path is None:
        return {}
    if not path.is_file():
        refuse(f"There is no file {path}.")
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        refuse(f"{path} cannot be read as TOML: {error}.")
    strange = [name for name, part in said.items() if isinstance(part, dict) and name not in GUESSES]
    if strange:
        refuse(f"{path}: there is a part [{strange[0]}]; a map has [linelist] and [contacts].")
    common = {name: value for name, value in said.items() if not isinstance(value, dict)}
    return {what: {**common, **said.get(what, {})} for what in GUESSES}


def _table(path: Path) -> "pl.DataFrame":
    return read_table(path)


def _columns(what: str, said: Mapping[str, Any], table: "pl.DataFrame", path: Path) -> dict[str, str]:
    """Return our name -> the file's column, from the map, else by what columns are usually called."""
    found: dict[str, str] = {}
    for name, column in said.items():
        if name == "date_format":
            continue
        if not isinstance(column, str) or column not in table.columns:
            refuse(f'{path} has no column "{column}" ([{what}] {name}). Its columns are: {", ".join(table.columns)}.')
        found[name] = column
    known = {column.casefold().replace(" ", "_"): column for column in reversed(table.columns)}
    for name, words in GUESSES[what].items():
        column = next((known[w] for w in words if w in known and known[w] not in found.values()), None)
        if name not in found and column is not None:
            found[name] = column
    for name in NEEDED[what]:
        if name not in found:
            refuse(f'{path}: which column is the {name}? Say it in the map: [{what}] {name} = "...". '
                   f"Its columns are: {', '.join(table.columns)}.")  # fmt: skip
    return found


def _about(row: Mapping[str, Any], taken: Mapping[str, str], dated: Sequence[str]) -> dict[str, str]:
    named = {taken[name]: name for name in taken}
    return {
        named.get(column, column): str(value)
        for column, value in row.items()
        if value is not None and named.get(column) not in ("id", "source", "target", *dated)
    }


def _cases(
    table: "pl.DataFrame", named: Mapping[str, str], columns: Mapping[str, Any], problems: "list[Problem]"
) -> "tuple[list[Case], _Spelled]":
    from shali.engines.chains import Case, Problem

    shape = columns.get("linelist", {}).get("date_format")
    dates = {name: table[named[name]].to_list() for name in DATED["linelist"] if name in named}
    days = read_days("linelist", {named[name]: cells for name, cells in dates.items()}, shape, problems)
    cases: dict[str, Case] = {}
    for place, row in enumerate(table.iter_rows(named=True)):
        line = place + 2
        id_ = row[named["id"]]
        if id_ is None:
            did = "not used: a case needs an id"
            problems.append(Problem("no_id", "linelist", line, "", named["id"], "", did))
            continue
        read = {name: days.read(named[name], place) for name in dates}
        about = _about(row, named, DATED["linelist"])
        one = Case(_plain(id_), read.get("onset"), read.get("report"), line, about)
        before = cases.get(one.id)
        cases[one.id] = one if before is None else _joined(before, one, problems)
    for one in cases.values():
        if one.onset is not None and one.report is not None and one.report < one.onset:
            said = f"{one.onset - one.report:g} days before onset"
            problems.append(Problem("report_before_onset", "linelist", one.row, one.id, "report", said, "kept"))
    return list(cases.values()), _Spelled(list(cases), days)


def _plain(id_: object) -> str:
    return " ".join(str(id_).split())


def _joined(before: "Case", after: "Case", problems: "list[Problem]") -> "Case":
    """Put two rows of one id together: what the first does not say, the second does."""
    from shali.engines.chains import Case, Problem

    pairs = {"onset": (before.onset, after.onset), "report": (before.report, after.report)}
    differs = [name for name, (one, other) in pairs.items() if None not in (one, other) and one != other]
    did = f"the first row (row {before.row}) stands; only what it leaves open is taken from this one"
    value = ", ".join(differs)
    problems.append(Problem("same_id_again", "linelist", after.row, after.id, value or "id", after.id, did))
    return Case(
        before.id,
        before.onset if before.onset is not None else after.onset,
        before.report if before.report is not None else after.report,
        before.row,
        {**after.about, **before.about},
    )


def _contacts(
    table: "pl.DataFrame",
    named: Mapping[str, str],
    columns: Mapping[str, Any],
    *,
    spelled: _Spelled,
    problems: "list[Problem]",
) -> "tuple[list[Contact], Days]":
    from shali.engines.chains import Contact, Problem

    shape = columns.get("contacts", {}).get("date_format")
    dates = {name: table[named[name]].to_list() for name in DATED["contacts"] if name in named}
    days = read_days("contacts", {named[name]: cells for name, cells in dates.items()}, shape, problems)
    met = []
    for place, row in enumerate(table.iter_rows(named=True)):
        line = place + 2
        ends = {}
        for name in ("source", "target"):
            said = row[named[name]]
            if said is None:
                did = "not used: a contact needs both its ends"
                problems.append(Problem("no_id", "contacts", line, "", named[name], "", did))
                continue
            ends[name] = spelled.find(_plain(said))
            if ends[name] != _plain(said):
                did = f"taken as {ends[name]} of the line list"
                problems.append(
                    Problem("id_written_otherwise", "contacts", line, ends[name], named[name], str(said), did)
                )
        if len(ends) == 2:
            read = {name: days.read(named[name], place) for name in dates}
            about = _about(row, named, DATED["contacts"])
            met.append(Contact(ends["source"], ends["target"], read.get("first"), read.get("last"), line, about))
    return met, days


def _write(out: Path, found: "Chain", problems: "Sequence[Problem]", days: Days, *, rows: int) -> None:
    from shali.engines.chains import graphml, summary, svg

    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "summary.json").write_bytes(
            orjson.dumps(summary(found, problems, contacts=rows), option=orjson.OPT_INDENT_2) + b"\n"
        )
        (out / "chain.graphml").write_text(graphml(found, day_word=days.word), encoding="utf-8")
        (out / "chain.svg").write_text(svg(found, day_word=days.word), encoding="utf-8")
        with (out / "offspring.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(("id", "offspring", "source", "generation", "root", "onset"))
            for case in found.cases:
                onset = days.word(case.onset) if case.onset is not None else ""
                about = (found.source.get(case.id, ""), found.generation[case.id], found.root[case.id], onset)
                table.writerow((case.id, found.offspring[case.id], *about))
        with (out / "problems.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(("kind", "file", "row", "id", "column", "value", "did"))
            table.writerows(asdict(one).values() for one in problems)
    except OSError as error:
        refuse(f"{out} cannot be written to: {error.strerror}.")
