"""Settling runs in the worker: one job a batch, safe to run twice."""

from procrastinate.contrib.django import app

from shali.foundation.clocks import now
from shali.foundation.intake.services.kept import forget_old_rows
from shali.foundation.intake.services.settle import settle_batch


@app.task(queueing_lock=None, pass_context=False)
def settle(batch: int) -> None:
    """Settle a confirmed batch; after a kill it goes on where it stopped."""
    settle_batch(batch=batch, at=now())


@app.periodic(cron="35 * * * *")
@app.task(queueing_lock="intake:forget_old_rows", pass_context=False)
def forget_what_nobody_confirmed(timestamp: int) -> None:
    """Remove rows that were kept for a file which nobody confirmed within a day; the file itself stays."""
    forget_old_rows(at=now())
