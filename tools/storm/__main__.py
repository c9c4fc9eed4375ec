"""`make storm`: the network comes back, and ten thousand stations with it, while a clerk goes on working.

The product's own web server and worker; each station holds 80 events, brings them over a connection of its own, and
waits as the device waits when it is asked for patience. On the loopback, at most ten minutes.
"""

import argparse
import statistics
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from tools.storm.come_back import Told

EVENTS = 80
PATIENCE = 600.0  # seconds for the inbox to be emptied


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--stations", type=int, default=10_000)
    asked.add_argument("--within", type=float, default=1.0, help="seconds within which all of them begin")
    chosen = asked.parse_args()
    from shali.config.cli.installation import installation
    from shali.config.running import var_of_its_own

    with var_of_its_own("storm", SHALI_LOG_LEVEL="WARNING"), installation(role="owner", prepared=True):
        from shali.config.start import prepare

        prepare.collect_static()
        _storm(chosen.stations, chosen.within)


def _storm(stations: int, within: float) -> None:
    from tools.bench.ingest import world
    from tools.load.server import serve, work
    from tools.storm.come_back import come_back
    from tools.storm.inbox import in_tubes, until_empty

    from shali.config.running import free_port

    console = Console(width=110)
    with console.status("A round, its people, its stations, what they sampled"):
        made = world.make(people=stations * EVENTS * 9 // 10, stations=stations)
        batches = world.batches(made, each=1, size=EVENTS)
    server = serve(port := free_port())
    clerk = Clerk(f"http://127.0.0.1:{port}")
    clerk.start()
    time.sleep(10)
    quiet = clerk.take()
    working = work()
    try:
        clerk.must_be_answered()
        began = time.monotonic()
        told = come_back(port, batches, within=within)
        arrived = time.monotonic() - began
        storm = clerk.take()
        until_empty(within=PATIENCE)
        drained = time.monotonic() - began
        busy = clerk.take()
    finally:
        clerk.stop()
        for one in (working, server):
            one.terminate()
            one.wait(timeout=30)
    world.check(made, stations * EVENTS)
    samples = in_tubes()
    _show(console, stations, arrived, drained, told)
    _show_clerk(console, {"before": quiet, "while they send": storm, "while the inbox is emptied": busy})
    swabs = stations * EVENTS * 9 // 10
    console.print(f"{samples:,} of {swabs:,} swabs lie in their tubes, and each event is here once.")
    if samples != swabs:
        raise SystemExit("Samples were lost, or came twice.")


class Clerk(threading.Thread):
    """Opens pages of the desk, one after the other, a fifth of a second apart."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        from tools.load.users import Seconds, User

        link, pages = _sign_in_and_pages()
        self.seconds = Seconds()
        self.user = User(address, link, pages, self.seconds, seed=1, think=0.2)
        self._done = threading.Event()

    def run(self) -> None:
        self.user.sign_in()
        self.take()
        while not self._done.is_set():
            self.user.open_a_page()

    def take(self) -> list[float]:
        """Return what the pages since the last call took, in seconds."""
        with self.seconds.lock:
            taken = [one for seconds in self.seconds.by_page.values() for one in seconds]
            self.seconds.by_page.clear()
        return taken

    def stop(self) -> None:
        self._done.set()
        self.join()
        self.must_be_answered()

    def must_be_answered(self) -> None:
        if self.seconds.refused:
            raise SystemExit(f"The clerk was not answered with 200: {self.seconds.refused}")


def _sign_in_and_pages() -> tuple[str, dict[str, list[str]]]:
    from shali.foundation.accounts.roles import Role
    from shali.foundation.accounts.services.links import make_sign_in_link
    from shali.foundation.accounts.services.posts import add_user, give_post
    from shali.foundation.clocks import now
    from shali.foundation.jurisdictions.models import Unit
    from shali.foundation.jurisdictions.scope import in_scope, system_scope
    from shali.testing.models import Round

    with in_scope(system_scope("storm")):
        unit, at = Unit.objects.get(path="4111.02.001"), now()
        user = add_user(username="storm", name="甄隐", at=at)
        post = give_post(user=user, role=Role.TOWNSHIP_DESK, unit=unit, scope=None, by="system:storm", at=at)
        made = Round.objects.get().public_id
        token = make_sign_in_link(user=user, post=post, by="system:storm", at=at, life=timedelta(minutes=10))
    rounds = f"/testing/rounds/{made}"
    return f"/in/{token}/", {
        "round": [f"{rounds}/"],
        "left": [f"{rounds}/people/?which=left"],
        "tasks": ["/tasks/"],
    }


def _show(console: Console, stations: int, arrived: float, drained: float, told: "Told") -> None:
    events = stations * EVENTS
    table = Table(title=f"{stations:,} stations with {events:,} events come back at once")
    for name in ("", "seconds", "events/s"):
        table.add_column(name, justify="left" if not name else "right")
    half = sorted(told.acknowledged)[stations // 2]
    table.add_row("half of the stations acknowledged", f"{half:.1f}", f"{events / 2 / half:,.0f}")
    table.add_row("all acknowledged", f"{arrived:.1f}", f"{events / arrived:,.0f}")
    table.add_row("all opened and in their tubes", f"{drained:.1f}", f"{events / drained:,.0f}")
    console.print(table)
    console.print(
        f"{told.patience:,} answers asked for patience, {told.broken:,} connections broke off,"
        f" {told.refused:,} answers of another kind."
    )


def _show_clerk(console: Console, phases: dict[str, list[float]]) -> None:
    table = Table(title="a clerk's pages meanwhile, ms")
    for name in ("", "pages", "p50", "p95", "max"):
        table.add_column(name, justify="left" if not name else "right")
    for name, seconds in phases.items():
        if len(seconds) > 1:
            ms = [1000 * one for one in seconds]
            p95 = statistics.quantiles(ms, n=20)[-1]
            table.add_row(name, str(len(ms)), f"{statistics.median(ms):.0f}", f"{p95:.0f}", f"{max(ms):.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
