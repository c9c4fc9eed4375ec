"""Every few seconds, what happened is put on its way; at least once, under a number that makes a repeat harmless."""

from procrastinate.contrib.django import app

from shali.exchange.services.deliver import deliver_due, queue_new_facts
from shali.foundation.clocks import now


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="exchange_deliver", lock="exchange_deliver", pass_context=False)
def deliver(timestamp: int) -> None:
    """Queue new facts for their receivers and send what is due."""
    queue_new_facts(at=now())
    deliver_due(at=now())
