"""What mass testing does in the worker: rosters frozen, the inbox emptied, people of split units placed."""

from concurrent.futures import ThreadPoolExecutor

from django.db import IntegrityError, OperationalError, connection
from procrastinate.contrib.django import app

from shali.foundation.clocks import now
from shali.foundation.vault.outbox import Opener
from shali.testing.services.placing import place_people
from shali.testing.services.processing import is_waited_for, process_inbox
from shali.testing.services.rounds import freeze_roster
from shali.testing.services.tallies import fold_tallies

# While one waits for the database, the other opens seals.
SHARDS = 2
MOST_TRIES = 5
_openers = [Opener() for _shard in range(SHARDS)]


@app.task(queueing_lock=None, pass_context=False)
def freeze(made: int, by: str) -> None:
    """Draw a round's roster and open it; after a kill it goes on where it stopped."""
    freeze_roster(made=made, by=by, at=now())


@app.task(queueing_lock=None, pass_context=False)
def place(made: int) -> None:
    """Share out the people of the units that a plan split among points; done again it changes nothing."""
    place_people(made=made)


# Every ten seconds: a batch asks for no job of its own, so that nothing but itself is written when it comes.
@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="testing_inbox", lock="testing_inbox", pass_context=False)
def empty_inbox(timestamp: int) -> None:
    """Do what stations sent until nothing waits, the points shared out between two at once."""
    if not is_waited_for():
        return
    with ThreadPoolExecutor(SHARDS, thread_name_prefix="inbox") as pool:
        list(pool.map(_empty, range(SHARDS)))


def _empty(shard: int) -> None:
    """Empty a shard on a connection of its own; where it gave way to the other, it does its batches again."""
    gave_way = 0
    try:
        while True:
            try:
                if not process_inbox(opener=_openers[shard], at=now(), shards=SHARDS, shard=shard):
                    return
                gave_way = 0
            except (OperationalError, IntegrityError):
                gave_way += 1
                if gave_way > MOST_TRIES:
                    raise
                connection.close()
    finally:
        connection.close()


# Each minute: what writers added to the sums of rounds becomes one row for each sum. Readers add up both.
@app.periodic(cron="* * * * *")
@app.task(queueing_lock="testing_tallies", lock="testing_tallies", pass_context=False)
def fold_sums(timestamp: int) -> None:
    """Fold the sums of rounds."""
    fold_tallies()
