"""What mass testing does in the worker: rosters frozen, the inbox emptied."""

from threading import Event

from procrastinate.contrib.django import app

from shali.foundation.clocks import now
from shali.foundation.vault.outbox import Opener
from shali.testing.services.processing import process_inbox
from shali.testing.services.rounds import freeze_roster

LOOKS_A_MINUTE = 29
SECONDS_BETWEEN = 2.0

_opener = Opener()


@app.task(queueing_lock=None, pass_context=False)
def freeze(made: int, by: str) -> None:
    """Draw a round's roster and open it; after a kill it goes on where it stopped."""
    freeze_roster(made=made, by=by, at=now())


@app.periodic(cron="*/1 * * * *")
@app.task(queueing_lock="testing_inbox", lock="testing_inbox", pass_context=False)
def empty_inbox(timestamp: int) -> None:
    """Do what stations sent, and look again every two seconds until the next minute's job takes over."""
    pause = Event()
    for _look in range(LOOKS_A_MINUTE):
        while process_inbox(opener=_opener, at=now()):
            pass
        pause.wait(SECONDS_BETWEEN)
