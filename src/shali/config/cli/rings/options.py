"""The options of `shali rings`, as its help shows them."""

from pathlib import Path
from typing import Annotated

import typer

LIMITS, WINDOWS, FORMS = "What counts", "When a case exposed others", "Files of another form"

Visits = Annotated[list[Path] | None, typer.Option(help="Parquet or CSV, or a folder of them; may be given again")]
Cases = Annotated[Path, typer.Option(help="Parquet or CSV: a person, and from when to when if known")]
Order = Annotated[int, typer.Option(min=1, max=2, help="2: the contacts of contacts as well")]
Out = Annotated[Path | None, typer.Option(help="NAME.parquet or NAME.csv; without it, CSV to standard output")]
ProblemsFile = Annotated[Path | None, typer.Option("--problems", help="Write every row with a problem here, as CSV")]
StoreFolder = Annotated[
    Path | None, typer.Option("--store", help="Keep the index in this folder; --visits are added to what it holds")
]
Engine = Annotated[str, typer.Option(help="store (the index) or duckdb (one expression); the answer is the same")]

AtLeast = Annotated[
    str, typer.Option(help="So long together in all is a contact; exactly so long, too", rich_help_panel=LIMITS)
]
SecondAtLeast = Annotated[str, typer.Option(help="The same of the second ring, if another", rich_help_panel=LIMITS)]
Encounter = Annotated[str, typer.Option(help="Encounters shorter than this are not added up", rich_help_panel=LIMITS)]
RowsApart = Annotated[
    int | None, typer.Option(min=0, help="Rows (or metres) further apart are no contact", rich_help_panel=LIMITS)
]
Latent = Annotated[
    str, typer.Option(help="From a contact's first contact until they expose others", rich_help_panel=LIMITS)
]

Within = Annotated[str, typer.Option(help="How far to look back if no start is known", rich_help_panel=WINDOWS)]
BeforeOnset = Annotated[str, typer.Option(help="How long before the onset, if it is known", rich_help_panel=WINDOWS)]
Until = Annotated[str, typer.Option(help="The latest time, if not the end of the last visit", rich_help_panel=WINDOWS)]

Zone = Annotated[str, typer.Option(help="Of times without one, where some have one", rich_help_panel=FORMS)]
Column = Annotated[
    list[str] | None,
    typer.Option(help="A heading of the visits: place=venue; person, place, enter, leave, seat", rich_help_panel=FORMS),
]
CaseColumn = Annotated[
    list[str] | None,
    typer.Option(help="Of the cases: start=from; person, start, end, onset, date", rich_help_panel=FORMS),
]
