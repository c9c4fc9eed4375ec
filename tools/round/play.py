"""The day replayed: stations send, the product's own server and worker take; how long it took, watched from outside."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from tools.load.server import serve, work
from tools.round.sealing import Written
from tools.round.sending import Told, send

LOOK = 0.25  # seconds between two looks into the inbox
AT_ONCE = 500  # batches on their way into the table at one moment, at most
QUARTER = 0.25
PATIENCE = 900.0  # seconds for the inbox to be emptied


@dataclass
class Took:
    """Seconds from the first request. delays: of each batch, from its acknowledgement to its tubes, at most."""

    events: int
    acknowledged: float = 0.0
    drained: float = 0.0
    patience: int = 0
    late: float = 0.0
    delays: list[float] = field(default_factory=list)
    seen: list[tuple[float, int]] = field(default_factory=list)  # seconds of a clock, events in their tubes by then

    def at_work(self) -> float:
        """Return events/s from a quarter of all until three: without the waits before the first and after the last."""
        begun, ended = (
            next(one for one in self.seen if one[1] >= self.events * part) for part in (QUARTER, 1 - QUARTER)
        )
        return (ended[1] - begun[1]) / (ended[0] - begun[0]) if ended[0] > begun[0] else 0.0


def play(
    written: list[Written], *, port: int, connections: int, pace: float, tell: Callable[[str, int, int], None]
) -> Took:
    """Send everything, at a pace (events/s) or as fast as it is acknowledged, and wait until the inbox is empty.

    :raises SystemExit: somebody was not acknowledged, or the inbox is not empty in time
    """
    requests = [request for one in written for request in one.requests]
    took, told = Took(sum(one.events for one in requests)), Told()
    server, working, watch = serve(port), work(), _Watch(took)
    sender = threading.Thread(
        target=_send, args=[port, requests, told], kwargs={"connections": connections, "pace": pace}, daemon=True
    )
    watch.start()
    try:
        _wait_for_worker()
        began = time.monotonic()
        sender.start()
        give_up = began + PATIENCE + (took.events / pace if pace else 0.0)
        while sender.is_alive() or watch.processed < took.events:
            time.sleep(LOOK)
            tell("8 events acknowledged", told.events, took.events)
            tell("9 events in their tubes", watch.processed, took.events)
            if not sender.is_alive():
                took.acknowledged = took.acknowledged or time.monotonic() - began
                if told.events != took.events:
                    raise SystemExit(f"{told.events:,} of {took.events:,} events were acknowledged. {told.error}")
            if time.monotonic() > give_up:
                raise SystemExit(f"{watch.processed:,} of {took.events:,} events lie in their tubes.")
        took.drained = time.monotonic() - began
    finally:
        watch.stop()
        for one in (working, server):
            one.terminate()
            one.wait(timeout=30)
    took.patience, took.late = told.patience, told.late
    return took


def _wait_for_worker() -> None:
    """Return when the worker has said that it lives: it is started once a day, not once a round."""
    from django.db import connection

    give_up = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < give_up:
            cursor.execute("select count(*) from procrastinate_workers")
            if cursor.fetchone()[0]:
                return
            time.sleep(LOOK)
    raise SystemExit("the worker did not start")


def _send(port: int, requests: list, told: Told, *, connections: int, pace: float) -> None:  # type: ignore[type-arg]
    try:
        send(port, requests, told, connections=connections, pace=pace)
    except (OSError, RuntimeError) as error:
        told.error = str(error)


class _Watch(threading.Thread):
    """Looks into the inbox, some times a second: how many events are done, and how long each batch waited at most."""

    def __init__(self, took: Took) -> None:
        super().__init__(daemon=True)
        self.took, self.processed = took, 0
        self._done_before: set[int] = set()
        self._lowest_open = 1
        self._done = threading.Event()

    def run(self) -> None:
        from django.db import connection

        while not self._done.wait(LOOK):
            with suppress(LookupError):
                self._look()
        connection.close()

    def _look(self) -> None:
        """Read what is not known to be done. A number may commit after a higher one: AT_ONCE are looked back."""
        from django.db import connection

        from shali.foundation.clocks import now

        with connection.cursor() as cursor:
            cursor.execute(
                "select id, n, received_at, processed_at is not null from testing_sealedbatch"
                " where id >= %s order by id",
                [self._lowest_open],
            )
            rows: list[tuple[int, int, datetime, bool]] = cursor.fetchall()
        at = now()
        for number, events, received_at, is_done in rows:
            if is_done and number not in self._done_before:
                self._done_before.add(number)
                self.processed += events
                self.took.delays.append((at - received_at).total_seconds())
        self.took.seen.append((time.monotonic(), self.processed))
        if rows:
            lowest = next((number for number, _n, _at, is_done in rows if not is_done), rows[-1][0])
            self._lowest_open = max(self._lowest_open, lowest - AT_ONCE)

    def stop(self) -> None:
        self._done.set()
        self.join()
