"""What mass testing does in the worker: rosters frozen, the inbox emptied."""

from procrastinate.contrib.django import app

from shali.foundation.clocks import now
from shali.foundation.vault.outbox import Opener
from shali.testing.services.processing import process_inbox
from shali.testing.services.rounds import freeze_roster

_opener = Opener()


@app.task(queueing_lock=None, pass_context=False)
def freeze(made: int, by: str) -> None:
    """Draw a round's roster and open it; after a kill it goes on where it stopped."""
    freeze_roster(made=made, by=by, at=now())


# Every ten seconds: a batch asks for no job of its own, so that nothing but itself is written when it comes.
@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="testing_inbox", lock="testing_inbox", pass_context=False)
def empty_inbox(timestamp: int) -> None:
    """Do what stations sent until nothing waits."""
    while process_inbox(opener=_opener, at=now()):
        pass
