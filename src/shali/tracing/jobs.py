"""What tracing does by the clock alone."""

from procrastinate.contrib.django import app

from shali.foundation.clocks import day_of, now
from shali.tracing.services.observing import note_missed_days
from shali.tracing.services.releasing import end_without_measure


# Every hour, not at one: the city's midnight is not the server's, an exercise has its own, and a machine may be down.
@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="tracing_missed", pass_context=False)
def call_missed_days(timestamp: int) -> None:
    """After midnight in the city, call yesterday's days on which nobody entered anything missed; twice does nothing."""
    at = now()
    note_missed_days(today=day_of(at), at=at)


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="tracing_without_measure", pass_context=False)
def end_watches_without_measure(timestamp: int) -> None:
    """End the watch over contacts whose class asks for nothing, when its days are over; twice does nothing."""
    at = now()
    while end_without_measure(today=day_of(at), at=at):
        pass
