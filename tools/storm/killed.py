"""`make killed`: stations bring what they sampled while PostgreSQL is killed under a running installation.

`shali run` as an operator starts it, with the settings that production has. A process of PostgreSQL is killed (-9)
every few seconds, each third time the one that all others hang on; the stations wait as the device waits. Every event
must lie here once, and every swab in its tube.
"""

import argparse
import random
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
from rich.console import Console

EVENTS = 80
BETWEEN = 2.0, 5.0  # seconds from one kill to the next
PATIENCE = 300.0  # seconds for the inbox to be emptied


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--stations", type=int, default=300)
    asked.add_argument("--kills", type=int, default=30)
    chosen = asked.parse_args()
    from shali.config.running import var_of_its_own

    with var_of_its_own("killed", SHALI_LOG_LEVEL="CRITICAL") as var:
        _kill(chosen, var)


def _kill(chosen: argparse.Namespace, var: Path) -> None:
    from shali.config.cli.installation import installation

    with installation(role="owner", prepared=True):
        from tools.bench.ingest import world

        made = world.make(people=chosen.stations * EVENTS * 9 // 10, stations=chosen.stations)
        batches = world.batches(made, each=1, size=EVENTS)
    from tools.storm.come_back import GIVE_UP, come_back
    from tools.storm.inbox import in_tubes, until_empty

    from shali.config.running import Run, free_port

    run = Run(var, port := free_port())
    killer = Killer(run.process.pid, chosen.kills)
    try:
        if not run.answers():
            raise SystemExit(run.said.read_text()[-2_000:])
        began = time.monotonic()
        killer.start()
        # While it is killed they wait longer and longer, as devices do: the last may come long after the last kill.
        span = chosen.kills * sum(BETWEEN) / 2
        told = come_back(port, batches, within=span, give_up=GIVE_UP + 2 * span)
        killer.join()
        with installation(role="owner"):
            until_empty(within=PATIENCE)
            world.check(made, chosen.stations * EVENTS)
            samples = in_tubes()
    finally:
        run.process.terminate()
        run.process.wait(timeout=60)
    swabs = chosen.stations * EVENTS * 9 // 10
    killed = ", ".join(f"{count} {who}" for who, count in sorted(killer.killed.items()))
    Console(width=110).print(
        f"PostgreSQL was killed {killer.killed.total()} times ({killed}) while {chosen.stations:,} stations sent "
        f"{chosen.stations * EVENTS:,} events in {time.monotonic() - began:.0f} s: {told.patience:,} answers asked for "
        f"patience, {told.broken:,} connections broke off, {told.refused:,} answers of another kind.\n"
        f"{samples:,} of {swabs:,} swabs lie in their tubes, and each event is here once."
    )
    if samples != swabs or killer.killed.total() < chosen.kills:
        raise SystemExit("Samples were lost or came twice, or PostgreSQL was killed too seldom.")


class Killer(threading.Thread):
    """Kills a process of PostgreSQL every few seconds; killed: how often, by what it was."""

    def __init__(self, run: int, kills: int) -> None:
        super().__init__(daemon=True)
        self.run_pid, self.kills = run, kills
        self.killed: Counter[str] = Counter()
        self.dice = random.Random(1458)

    def run(self) -> None:
        while self.killed.total() < self.kills:
            time.sleep(self.dice.uniform(*BETWEEN))
            head = next((one for one in psutil.Process(self.run_pid).children() if one.name() == "postgres"), None)
            if head is None:
                continue  # it is being started again
            sessions = [one for one in head.children() if "shali_" in " ".join(one.cmdline())]
            who = "postmaster" if self.killed.total() % 3 == 2 or not sessions else "session"
            try:
                (head if who == "postmaster" else self.dice.choice(sessions)).kill()
            except psutil.NoSuchProcess:
                continue
            self.killed[who] += 1


if __name__ == "__main__":
    main()
