"""The ladder climbs by itself, every minute; acts over many tasks run here. Run twice, each does nothing twice."""

from procrastinate.contrib.django import app

from shali.foundation.clocks import now
from shali.foundation.tasks.services.bulk import run
from shali.foundation.tasks.services.ladder import take_due_steps
from shali.foundation.tasks.services.stood import keep_yesterday
from shali.foundation.tasks.services.undo_bulk import run_undo


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="tasks_ladder", pass_context=False)
def climb_ladder(timestamp: int) -> None:
    """Remind and escalate what is due at this minute; after two days of silence nobody is told twice."""
    take_due_steps(at=now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="tasks_stood", pass_context=False)
def count_yesterday(timestamp: int) -> None:
    """Have yesterday's figures ready for the walls; where none are, each wall counts for itself."""
    keep_yesterday(at=now())


@app.task(queueing_lock=None, pass_context=False)
def run_bulk_act(act: int) -> None:
    """Do to many tasks what was asked; after a kill it goes on where it stopped."""
    run(act=act, at=now())


@app.task(queueing_lock=None, pass_context=False)
def undo_bulk_act(act: int) -> None:
    run_undo(act=act, at=now())
