"""`make killed`: stations bring what they sampled while PostgreSQL is killed under a running installation.

`shali run` as an operator starts it, with the settings that production has. A process of PostgreSQL is killed (-9)
every few seconds, each third time the one that all others hang on; the stations wait as the device waits. Every event
must lie here once, and every swab in its tube.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
from rich.console import Console

EVENTS = 80
BETWEEN = 2.0, 5.0  # seconds from one kill to the next
PATIENCE = 300.0  # seconds for the inbox to be emptied, and for the installation to start


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--stations", type=int, default=300)
    asked.add_argument("--kills", type=int, default=30)
    chosen = asked.parse_args()
    folder = tempfile.mkdtemp(prefix="shali-killed-")
    os.environ |= {"SHALI_VAR": folder, "SHALI_EXERCISE": "0", "SHALI_LOG_LEVEL": "CRITICAL"}
    from shali.config.cli.installation import installation

    with installation(role="owner", prepared=True):
        from tools.bench.ingest import world

        made = world.make(people=chosen.stations * EVENTS * 9 // 10, stations=chosen.stations)
        batches = world.batches(made, each=1, size=EVENTS)
    from tools.load.server import free_port
    from tools.storm.come_back import come_back

    run, port = _start(Path(folder), free_port())
    killer = Killer(run.pid, chosen.kills)
    began = time.monotonic()
    try:
        killer.start()
        told = come_back(port, batches, within=chosen.kills * sum(BETWEEN) / 2)
        killer.join()
        with installation(role="owner"):
            _until_empty()
            world.check(made, chosen.stations * EVENTS)
            samples = _in_tubes()
    finally:
        run.terminate()
        run.wait(timeout=60)
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


def _start(folder: Path, port: int) -> "tuple[subprocess.Popen[bytes], int]":
    """Start the whole installation as an operator does, and wait until it answers."""
    said = folder / "run.log"
    command = [sys.executable, "-c", "from shali.config.cli import main; main()", "run", "--no-demo", f"--port={port}"]
    with said.open("wb") as file:
        run = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    give_up = time.monotonic() + PATIENCE
    while "Ctrl-C stops everything" not in said.read_text(errors="replace"):
        if run.poll() is not None or time.monotonic() > give_up:
            raise SystemExit(said.read_text(errors="replace")[-2_000:])
        time.sleep(0.2)
    return run, port


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


def _until_empty() -> None:
    from django.db import OperationalError, connection

    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select exists (select from testing_waiting)")
                if not (cursor.fetchone() or (True,))[0]:
                    return
        except OperationalError:
            connection.close()
        time.sleep(0.5)
    raise SystemExit(f"The inbox was not empty after {PATIENCE:.0f} s.")


def _in_tubes() -> int:
    from shali.foundation.jurisdictions.scope import in_scope, system_scope
    from shali.testing.models import Sample

    with in_scope(system_scope("storm")):
        return Sample.objects.filter(unbound_at=None).count()


if __name__ == "__main__":
    main()
