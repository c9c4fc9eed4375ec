"""`shali rings --visits V --cases C …`: whom did the cases meet? Anybody's files, without the application."""

import sys
from typing import NoReturn

import typer

from shali.config.cli.rings import options


def add_to(app: typer.Typer) -> None:
    """Mount the command at the top: it has no noun beside itself."""
    app.command("rings", rich_help_panel="Any two files")(find_rings)


def find_rings(
    *,
    visits: options.Visits = None,
    cases: options.Cases,
    within: options.Within = "14d",
    at_least: options.AtLeast = "10min",
    order: options.Order = 1,
    out: options.Out = None,
    problems: options.ProblemsFile = None,
    store: options.StoreFolder = None,
    engine: options.Engine = "store",
    encounter: options.Encounter = "0s",
    second_at_least: options.SecondAtLeast = "",
    latent: options.Latent = "0s",
    before_onset: options.BeforeOnset = "2d",
    rows_apart: options.RowsApart = None,
    until: options.Until = "",
    zone: options.Zone = "Asia/Shanghai",
    column: options.Column = None,
    case_column: options.CaseColumn = None,
) -> None:
    """Find everybody who was at one place with a case for long enough: the contacts, and with --order 2 theirs.

    [bold]Visits[/bold] have a person, a place, when they entered and when they left; a seat, if known.
    [bold]Cases[/bold] have a person, and what is known of when they exposed others: start, end, onset, date. Usual
    headings are recognised (person_id, location, check_in …); name others with --column. Times are moments, days, ISO
    text or seconds since 1970.

    [bold]A case's window[/bold] ends at its end, else with the day of its date, else at the latest time of all
    visits. It starts at its start, else --before-onset before its onset, else --within before its end.

    [bold]Together[/bold] counts every moment once, however many visits or places say so; the total of a pair is
    compared with --at-least. [bold]The second ring[/bold] counts only what came after the contact's own first
    contact; it leaves out the case and the case's own contacts. Cases that are met are kept and marked.

    [bold]Columns written[/bold]: source, target, order (1 or 2), through (order 2: the contact between them),
    overlap_minutes, first_contact, last_contact, places, target_is_case. Times are as in the visits.

    Rows that are no visits are named, counted and left out; --problems FILE lists every one.
    """
    from shali.config.cli.rings import work
    from shali.config.cli.rings.ways import Ask
    from shali.engines.rings import BadThreshold, CannotStore, Thresholds
    from shali.engines.rings.reading import CannotRead, NotASpan, Rule, read_span

    try:
        limits = Thresholds(
            read_span(at_least),
            read_span(encounter),
            rows_apart,
            read_span(second_at_least) if second_at_least else None,
            read_span(latent),
        )
        rule = Rule(read_span(within), read_span(before_onset))
        named = work.headings(column), work.headings(case_column)
        files = work.Files(visits or [], cases, out, problems, store, *named)
        work.run(files, Ask(limits, rule, order, engine, until, zone))
    except (BadThreshold, CannotRead, CannotStore, NotASpan, work.Refused) as refused:
        _refuse(str(refused))


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)
