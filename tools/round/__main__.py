"""`make round`: one round of the whole city, 24 hours of arrivals at 1,000 stations, through the real doors.

Residents, roster, points and devices are made, and all that the stations write down is sealed and signed, before the
clock starts. Then it is sent in the order of arrival, as fast as it is acknowledged, to the product's own web server
while its own worker puts it into tubes; at the end people, events and tubes are counted from the database. `--peak N`:
Chengdu's 1,458 events/s at their own pace for N minutes instead, and how long each batch took to lie in its tubes.
"""

import argparse
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from tools.round.play import Took
    from tools.round.sealing import Written

PEAK = 1_458  # events/s: 21 million people in 12 h, three times the mean
EVENTS_A_PERSON = 1.12  # with the seals of tubes and boxes
MOST_TOWNSHIPS = 60  # each has a point of its own


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--share", type=float, default=1.0, help="of the city's people and stations")
    asked.add_argument("--peak", type=float, default=0.0, help="minutes of the peak, at its own pace")
    asked.add_argument("--connections", type=int, default=12)
    chosen = asked.parse_args()
    from shali.config.cli.installation import installation
    from shali.config.running import var_of_its_own

    with var_of_its_own("round", SHALI_LOG_LEVEL="WARNING") as var, installation(role="owner", prepared=True):
        from shali.config.start import prepare

        prepare.migrate()
        prepare.collect_static()
        replay(chosen.share, chosen.peak, chosen.connections, var)


def replay(share: float, peak: float, connections: int, folder: Path) -> None:
    """Make a round, play it, say what it took.

    :raises SystemExit: something was lost, or came twice
    """
    from tools.round import city, proof
    from tools.round.play import play
    from tools.round.sealing import seal

    from shali.config.running import free_port

    if peak:
        share = min(1.0, peak * 60 * PEAK / EVENTS_A_PERSON / city.PEOPLE)
    people, stations = round(city.PEOPLE * share), max(MOST_TOWNSHIPS, round(city.STATIONS * share))
    console, port = Console(width=110), free_port()
    with Progress(TextColumn("{task.description:<30}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as bars:
        tell = _tell(bars)
        made = city.make(people, stations, tell=tell)
        (files := folder / "sealed").mkdir(parents=True)
        written = seal(made, files, port=port, tell=tell)
        took = play(written, port=port, connections=connections, pace=PEAK if peak else 0.0, tell=tell)
    _show(console, made.people, written, took)
    proof.check(made, written, console)


def _tell(bars: Progress) -> Callable[[str, int, int], None]:
    found: dict[str, TaskID] = {}

    def tell(step: str, done: int, of: int) -> None:
        if step not in found:
            found[step] = bars.add_task(step)
        bars.update(found[step], completed=done, total=of)

    return tell


def _show(console: Console, people: int, written: "list[Written]", took: "Took") -> None:
    table = Table(title=f"{people:,} people at {len(written):,} stations, {took.events:,} events of 24 hours")
    for name in ("", "seconds", "events/s"):
        table.add_column(name, justify="left" if not name else "right")
    for name, seconds in (("all acknowledged", took.acknowledged), ("all in their tubes", took.drained)):
        table.add_row(name, f"{seconds:.1f}", f"{took.events / seconds:,.0f}")
    console.print(table)
    console.print(f"From the second quarter of them to the third: {took.at_work():,.0f} events/s into their tubes.")
    cut = statistics.quantiles(took.delays, n=20) if len(took.delays) > 1 else took.delays * 19
    console.print(
        f"From acknowledgement to tube: p50 {cut[9]:.1f} s, p95 {cut[18]:.1f} s, at most {max(took.delays):.1f} s. "
        f"{took.patience:,} answers asked for patience; a request left at most {took.late:.1f} s after its time."
    )


if __name__ == "__main__":
    main()
