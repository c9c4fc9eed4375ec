"""The ladder climbs by itself, every minute; run twice, or after two days of silence, it tells nobody twice."""

from procrastinate.contrib.django import app

from shali.foundation.clocks import now
from shali.foundation.tasks.services.ladder import take_due_steps


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="tasks_ladder", pass_context=False)
def climb_ladder(timestamp: int) -> None:
    """Remind and escalate what is due at this minute."""
    take_due_steps(at=now())
