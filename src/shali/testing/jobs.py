"""What mass testing does in the worker: rosters frozen, the inbox emptied, people of split units placed."""

import os
import subprocess
import sys

from django.db import IntegrityError, OperationalError, connection
from procrastinate.contrib.django import app

from shali.foundation.clocks import now
from shali.foundation.vault.outbox import Opener
from shali.testing.services.placing import place_people
from shali.testing.services.processing import how_many_wait, process_inbox
from shali.testing.services.rounds import freeze_roster
from shali.testing.services.tallies import fold_tallies

# One process opens seals and reads while its connection writes, which a processor does for a dozen thousand events a
# second. Of two processes each keeps to its shard of the points while there is something in it.
SHARDS = 2
WORTH_A_HELPER = 500  # batches: some seconds' work; to start a process takes two
HELP = "import sys, django; django.setup(); from shali.testing.jobs import help_out; help_out(int(sys.argv[1]))"
MOST_TRIES = 5
_opener = Opener()


@app.task(queueing_lock=None, pass_context=False)
def freeze(made: int, by: str) -> None:
    """Draw a round's roster and open it; after a kill it goes on where it stopped."""
    freeze_roster(made=made, by=by, at=now())


@app.task(queueing_lock=None, pass_context=False)
def place(made: int) -> None:
    """Share out the people of the units that a plan split among points; done again it changes nothing."""
    place_people(made=made)


# Every five seconds: a batch asks for no job of its own, so that nothing but itself is written when it comes.
@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="testing_inbox", lock="testing_inbox", pass_context=False)
def empty_inbox(timestamp: int) -> None:
    """Do what stations sent until nothing waits; while much does, a second process takes part."""
    helper: subprocess.Popen[bytes] | None = None
    try:
        while waiting := how_many_wait(at_most=WORTH_A_HELPER):
            # One that found nothing has ended well and is called again; one that could not work is not.
            if waiting == WORTH_A_HELPER and (helper is None or helper.poll() == 0):
                helper = subprocess.Popen([sys.executable, "-c", HELP, str(os.getpid())])
            if not _do_some(first=0):
                break
    finally:
        if helper is not None:
            helper.wait()


def help_out(starter: int) -> None:
    """Do what waits, in a process of its own, while there is any and whoever started it lives."""
    while os.getppid() == starter and _do_some(first=1):
        pass
    connection.close()


def _do_some(*, first: int) -> int:
    """Do some batches of a shard; of the other where this one holds none, or another process is at it.

    Where it gave way to another, it does its batches again. Returns how many events they held.
    """
    gave_way = 0
    while True:
        try:
            for shard in range(first, first + SHARDS):
                if done := process_inbox(opener=_opener, at=now(), shards=SHARDS, shard=shard % SHARDS):
                    return done
        except (OperationalError, IntegrityError):
            gave_way += 1
            if gave_way > MOST_TRIES:
                raise
            connection.close()
        else:
            return 0


# Each minute: what writers added to the sums of rounds becomes one row for each sum. Readers add up both.
@app.periodic(cron="* * * * *")
@app.task(queueing_lock="testing_tallies", lock="testing_tallies", pass_context=False)
def fold_sums(timestamp: int) -> None:
    """Fold the sums of rounds."""
    fold_tallies()
