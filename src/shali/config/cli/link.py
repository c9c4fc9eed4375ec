"""`shali link LEFT RIGHT …`: whose record is it? Two files of anybody's, without the application and its database."""

import csv
import io
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shali.config.cli.tables import Language, note_cells_beyond, one_each, read_bytes, refuse, separator_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from shali.engines.linkage.batch import Columns, Links

Option = list[str]
HEAD = 65_536  # bytes in which the headings stand


def add_to(app: typer.Typer) -> None:
    """Mount the command at the top: it has no noun beside itself."""
    app.command("link", rich_help_panel="Any two files")(link_files)


def link_files(
    left: Annotated[Path, typer.Argument(help="The records asked about: CSV with headings")],
    right: Annotated[Path, typer.Argument(help="The register they may be in: CSV with headings")],
    *,
    id_: Annotated[str, typer.Option("--id", help="Heading of the record's id; without it, the row's number")] = "",
    name: Annotated[Option | None, typer.Option(help="Headings of the name, its parts in order")] = None,
    birth: Annotated[Option | None, typer.Option(help="Heading of the date of birth")] = None,
    document: Annotated[Option | None, typer.Option(help="Heading of a document's number")] = None,
    phone: Annotated[Option | None, typer.Option(help="Heading of a telephone")] = None,
    address: Annotated[Option | None, typer.Option(help="Headings of the address, its parts in order")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the pairs; without it, standard output")] = None,
    same: Annotated[float, typer.Option(min=0, max=1, help="From this probability a pair is the same person")] = 0.75,
    not_listed: Annotated[float, typer.Option(min=0, max=1, help="Below this probability nobody there is he")] = 0.25,
    once: Annotated[bool, typer.Option("--once", help="A right record answers to one left record only")] = False,
    language: Annotated[Language, typer.Option(help="Language of the reasons")] = Language.en,
) -> None:
    """Say of every record of LEFT whether it is in RIGHT, as whom, how surely and why.

    Each option may be left out, may be given again for a second value of its kind, and takes parts of one value with
    commas between: --name given_name,surname. Where the two files name a column differently: --phone mobile=telephone.

    Writes a row for each record of LEFT: left, right, score, decision, reasons. The score is the probability that the
    likeliest right record is he; the decision is same, doubtful or not listed.
    """
    options = {"name": name, "birth": birth, "document": document, "phone": phone, "address": address}
    if not any(options.values()):
        refuse("Name at least one of --name, --birth, --document, --phone and --address: there is nothing to compare.")
    if same < not_listed:
        refuse(f"--same ({same}) lies below --not-listed ({not_listed}); it must not.")
    tables = _read(left), _read(right)
    columns = _columns(options, tables, (left, right), id_)
    links = _link(columns, _under_one_heading(columns, tables), same=same, not_listed=not_listed, once=once)
    _write(links, tables, id_, out, language)


def _read(path: Path) -> "pl.DataFrame":
    """Read a CSV of whichever encoding and separator, every cell as text; empty cells say nothing."""
    import polars as pl

    data = read_bytes(path)
    separator = separator_of(data[: data.find(b"\n") if b"\n" in data else None].decode(errors="replace"))
    headings = one_each(path, next(_rows(data[:HEAD], separator), []))
    try:
        table = pl.read_csv(data, infer_schema=False, separator=separator)
    except pl.exceptions.PolarsError:
        table = _read_shortened(path, data, separator)
        note_cells_beyond(path, _rows(data, separator), len(headings))
    if len(table.columns) != len(headings):
        refuse(f"{path} cannot be read as CSV: its headings do not end where its first row begins.")
    table = table.rename(dict(zip(table.columns, headings, strict=True)))
    if not len(table):
        refuse(f"{path} has headings but no row below them.")
    blank = pl.all().str.strip_chars()
    return table.select(pl.when(blank != "").then(blank))


def _rows(data: bytes, separator: str) -> "Iterator[list[str]]":
    """Yield rows as they stand in the file, a quoted line end within its cell; nothing after what is no CSV."""
    with suppress(csv.Error):
        yield from csv.reader(io.StringIO(data.decode(errors="replace"), newline=""), delimiter=separator)


def _read_shortened(path: Path, data: bytes, separator: str) -> "pl.DataFrame":
    """Read a file of which some rows are longer than its headings; what is no CSV at all is refused."""
    import polars as pl

    try:
        return pl.read_csv(data, infer_schema=False, separator=separator, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError:
        # The library's own sentence holds the cell.
        refuse(f"{path} cannot be read as CSV. Is a quotation mark never closed?")


def _columns(
    options: dict[str, Option | None], tables: "tuple[pl.DataFrame, pl.DataFrame]", paths: tuple[Path, Path], id_: str
) -> "Columns":
    """Check every heading, and give the right table the names that the left one uses."""
    from shali.engines.linkage.batch import Columns

    asked = [one for option in options.values() for one in option or ()] + ([id_] if id_ else [])
    for heading in (part.strip() for one in asked for part in one.split(",")):
        names = heading.split("=", 1) if "=" in heading else [heading, heading]
        for name, table, path in zip(names, tables, paths, strict=True):
            if name not in table.columns:
                refuse(f'{path} has no column "{name}". Its columns are: {", ".join(table.columns)}.')
    return Columns(
        **{
            kind: [tuple(part.strip() for part in one.split(",")) for one in option]
            for kind, option in options.items()
            if option
        }
    )


def _under_one_heading(
    columns: "Columns", tables: "tuple[pl.DataFrame, pl.DataFrame]"
) -> "tuple[pl.DataFrame, pl.DataFrame]":
    """Give a column that the two files name differently (`mobile=telephone`) one heading in both, namely that."""
    options = (columns.name, columns.birth, columns.document, columns.phone, columns.address)
    headings = sorted({part for option in options for parts in option for part in parts})
    found = []
    for side, table in enumerate(tables):
        found.append(table.select(table[h.split("=", 1)[side] if "=" in h else h].alias(h) for h in headings))
    return found[0], found[1]


def _link(
    columns: "Columns", tables: "tuple[pl.DataFrame, pl.DataFrame]", *, same: float, not_listed: float, once: bool
) -> "Links":
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from shali.engines.linkage.batch import Thresholds, link, read_fields

    steps = {"candidates": "finding candidates", "learning": "learning weights", "comparing": "comparing"}
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(f"reading {len(tables[0]):,} against {len(tables[1]):,} records")
        fields = read_fields(*tables, columns)
        return link(
            fields,
            thresholds=Thresholds(same, not_listed),
            once=once,
            progress=lambda what, share: bar.update(
                task, description=f"{steps[what]} {share:.0%}" if share else steps[what]
            ),
        )


def _write(
    links: "Links", tables: "tuple[pl.DataFrame, pl.DataFrame]", id_: str, out: Path | None, language: Language
) -> None:
    import polars as pl

    names = id_.split("=", 1) if "=" in id_ else [id_, id_]
    left, right = (
        table[name] if name else pl.Series(range(1, len(table) + 1)).cast(pl.String)
        for name, table in zip(names, tables, strict=True)
    )
    decisions = links.decisions()
    listed = pl.Series(decisions) != "not listed"
    partner = right.gather(links.right.clip(min=0))
    pairs = pl.DataFrame(
        {
            "left": left,
            "right": partner,
            "score": links.score.round(6),
            "decision": decisions,
            "reasons": links.reasons(language.value),
        }
    ).with_columns(right=pl.when(listed).then(pl.col("right")))
    try:
        if out is None:
            pairs.write_csv(sys.stdout.buffer)
        else:
            pairs.write_csv(out)
    except OSError as error:
        refuse(f"{out} cannot be written: {error.strerror}.")
    counts = {word: decisions.count(word) for word in ("same", "doubtful", "not listed")}
    print(", ".join(f"{count:,} {word}" for word, count in counts.items()), file=sys.stderr)
