"""Days on which nobody entered anything are called so, every night; run twice, nothing happens twice."""

from procrastinate.contrib.django import app

from shali.foundation.clocks import day_of, now
from shali.tracing.services.observing import note_missed_days


@app.periodic(cron="5 0 * * *")
@app.task(queueing_lock="tracing_missed", pass_context=False)
def call_missed_days(timestamp: int) -> None:
    """After midnight in the city, call yesterday's days on which nobody entered anything missed; twice does nothing."""
    at = now()
    note_missed_days(today=day_of(at), at=at)
