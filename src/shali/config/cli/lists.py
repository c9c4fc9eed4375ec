"""`shali lists …`: what a pushed list holds, and what became of it."""

import sys
import tempfile
from pathlib import Path
from typing import IO, Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from shali.config.cli import lists_received
from shali.config.cli.tables import Language
from shali.foundation.intake.reading import (
    Inspection,
    Mapping,
    RowRead,
    UnreadableFile,
    as_json,
    inspect_file,
    row_json,
)
from shali.foundation.intake.reading.sentences import REJECTIONS

app = typer.Typer(no_args_is_help=True, help="Pushed lists: inspect a file, receive it, follow it, reply to its sender")
lists_received.add_to(app)
SHOWN = 20
# One file on disk for each of taken, rejected and skipped.
Spools = dict[str, IO[bytes]]


@app.command("inspect")
def inspect_command(
    file: Annotated[Path, typer.Argument(help="The list as it came: .xlsx, .xls or text, whatever its name says")],
    *,
    as_script: Annotated[bool, typer.Option("--json", help="Everything, row by row, for a script")] = False,
    language: Annotated[Language, typer.Option(help="Language of the sentences")] = Language.zh,
    mapping: Annotated[Path | None, typer.Option(help="A JSON file that says which column is what")] = None,
) -> None:
    """Show what a file holds and how each of its rows would be taken. Nothing is stored."""
    if not file.is_file():
        _refuse("There is no such file." if language == Language.en else "没有这个文件。")
    try:
        said = Mapping.from_json(orjson.loads(mapping.read_bytes())) if mapping else None
    except (OSError, ValueError) as error:
        _refuse(f"The mapping cannot be read: {error}" if language == Language.en else f"列对应文件无法读取：{error}")
    try:
        _inspect(file, said, language.value, as_script=as_script)
    except UnreadableFile as refusal:
        _refuse(refusal.sentence(language.value))


def _refuse(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise typer.Exit(code=1)


def _inspect(file: Path, mapping: Mapping | None, language: str, *, as_script: bool) -> None:
    # Rows wait on disk until the whole file was read: of a file that is refused at its end nothing is printed.
    with tempfile.TemporaryFile() as taken, tempfile.TemporaryFile() as rejected, tempfile.TemporaryFile() as skipped:
        spools: Spools = {"taken": taken, "rejected": rejected, "skipped": skipped}
        kept: list[RowRead] = []
        with _progress() as progress:
            task = progress.add_task("", total=None)

            def each(row: RowRead) -> None:
                if as_script:
                    spools[row.state].write(orjson.dumps([row.sheet, _line(row, language)]) + b"\n")
                elif row.state == "rejected" and len(kept) < SHOWN:
                    kept.append(row)
                progress.advance(task)

            inspection = inspect_file(file, mapping=mapping, keep=False, each=each)
        if as_script:
            _print_json(inspection, spools, language)
        else:
            _print_table(inspection, kept, language)


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def _line(row: RowRead, language: str) -> dict[str, object]:
    return row_json(row, {}, language)


def _print_json(inspection: Inspection, spools: Spools, language: str) -> None:
    """Print one JSON object; its long lists go out line by line, so that a million rows need no memory."""
    names = {sheet["index"]: sheet["name"] for sheet in inspection.sheets}
    head = orjson.dumps(as_json(inspection, language), option=orjson.OPT_INDENT_2)
    out = sys.stdout.buffer
    out.write(head.rstrip()[:-1].rstrip())
    for state, spool in spools.items():
        out.write(f',\n  "{state}": ['.encode())
        spool.seek(0)
        for number, line in enumerate(spool):
            sheet, row = orjson.loads(line)
            out.write((b",\n    " if number else b"\n    ") + orjson.dumps({**row, "sheet": names.get(sheet, "")}))
        out.write(b"\n  ]" if spool.tell() else b"]")
    out.write(b"\n}\n")
    out.flush()


def _print_table(inspection: Inspection, rejected: list[RowRead], language: str) -> None:
    english = language == "en"
    console = Console()
    about = f"{inspection.format} {inspection.encoding}".strip()
    console.print(f"{inspection.file}  ({about})", markup=False)
    for sheet in inspection.sheets:
        for table in sheet["tables"]:
            columns = [
                f"{column['letter']} {column['heading']} → {column['field']}"
                for column in table["columns"]
                if column["field"]
            ]
            rows = f"{table['first_row']}–{table['last_row']}"
            console.print(f"  {sheet['name'] or '-'}  {rows}  " + "; ".join(columns), markup=False, highlight=False)
    counts = (inspection.received, inspection.taken, inspection.rejected, inspection.skipped)
    words = (
        "received {} = taken {} + rejected {}; skipped {}"
        if english
        else "收到{}行 = 接收{}行 + 退回{}行；非数据行{}行"
    )
    console.print(words.format(*counts), style="bold")
    for warned in inspection.warnings:
        console.print("! " + warned.message(language), markup=False, style="yellow")
    if rejected:
        console.print(_rejected_table(rejected, inspection, language))
    if inspection.rejected > len(rejected):
        more = inspection.rejected - len(rejected)
        console.print(f"… and {more} more (--json)" if english else f"……另有{more}行（--json）")


def _rejected_table(rejected: list[RowRead], inspection: Inspection, language: str) -> Table:
    names = {sheet["index"]: sheet["name"] for sheet in inspection.sheets}
    table = Table(box=None, pad_edge=False)
    for heading in ("sheet", "row", "column", "why") if language == "en" else ("工作表", "行", "列", "原因"):
        table.add_column(heading)
    for row in rejected:
        said = REJECTIONS[row.reason]
        sentence = (
            f"{said.message(language)} {said.cure(language)}"
            if language == "en"
            else said.message(language) + said.cure(language)
        )
        table.add_row(names.get(row.sheet, ""), str(row.row), row.column, sentence)
    return table
