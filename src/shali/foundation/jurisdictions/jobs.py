"""The tree follows its documents from the start of their day, by the city's clock, with nobody at a keyboard."""

from procrastinate.contrib.django import app

from shali.foundation.clocks import day_of, now
from shali.foundation.jurisdictions.services.changes import apply_due_changes


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="jurisdictions_changes", pass_context=False)
def apply_changes(timestamp: int) -> None:
    """Put into force what is approved and whose day has come."""
    at = now()
    apply_due_changes(on=day_of(at), at=at)
