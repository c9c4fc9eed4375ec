"""The inbox emptied by one and by two processes, while a clerk reads the list of who is left."""

import os
import statistics
import subprocess
import sys
import threading
import time

from rich.console import Console
from rich.table import Table

WORKER = """
import sys
from shali.config.start.run import set_up_django
set_up_django(role="worker")
from shali.foundation.clocks import now
from shali.foundation.vault.outbox import Opener
from shali.testing.services.processing import process_inbox
opener, total = Opener(), 0
while done := process_inbox(opener=opener, at=now(), shards=int(sys.argv[1]), shard=int(sys.argv[2])):
    total += done
print(total)
"""


ENVIRONMENT = {"SHALI_DB_ROLE": "worker", "SHALI_DB_POOL": "0", "DJANGO_SETTINGS_MODULE": "shali.config.settings"}


def measure(console: Console, *, workers: tuple[int, ...]) -> None:
    """Empty half of the inbox with one worker, the rest with two; say events/s and the clerk's seconds meanwhile."""
    from django.db import connection

    table = Table("workers", "events", "events/s", "clerk's list, p50 ms", "p95 ms", title="Opened and in their tubes")
    for count in workers:
        with connection.cursor() as cursor:
            # The first turn leaves half for the second: its batches wait where no worker looks for them.
            if count == workers[0]:
                cursor.execute("create table bench_held as select * from testing_waiting where station_id % 2 = 0")
                cursor.execute("delete from testing_waiting where station_id % 2 = 0")
            else:
                cursor.execute("insert into testing_waiting select * from bench_held")
        clerk = _Clerk()
        clerk.start()
        began = time.perf_counter()
        programs = [
            subprocess.Popen(
                [sys.executable, "-c", WORKER, str(count), str(n)],
                stdout=subprocess.PIPE,
                env=os.environ | ENVIRONMENT,
            )
            for n in range(count)
        ]
        events = sum(int(program.communicate()[0]) for program in programs)
        took = time.perf_counter() - began
        seconds = clerk.finish()
        p95 = statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 20 else max(seconds)
        middle = statistics.median(seconds) * 1000
        table.add_row(str(count), f"{events:,}", f"{events / took:,.0f}", f"{middle:.0f}", f"{p95 * 1000:.0f}")
    console.print(table)


class _Clerk(threading.Thread):
    """Reads the list of who is left, again and again, a tenth of a second apart."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seconds: list[float] = []
        self._done = threading.Event()

    def run(self) -> None:
        from django.db import connection

        from shali.foundation.clocks import now
        from shali.foundation.jurisdictions.scope import Scope, in_scope
        from shali.testing.queries.left import left_page
        from shali.testing.queries.rounds import rounds

        scope = Scope(path="4111.02.001", name="post:0")
        with in_scope(scope):
            made = rounds(scope)[0].public_id
        while not self._done.wait(0.1):
            began = time.perf_counter()
            with in_scope(scope):
                left_page(scope, made, "left", at=now())
            self.seconds.append(time.perf_counter() - began)
        connection.close()

    def finish(self) -> list[float]:
        self._done.set()
        self.join()
        return self.seconds
