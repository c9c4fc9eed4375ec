"""Each finished day gets its root, by which a witness outside can prove that its log was not changed."""

from procrastinate.contrib.django import app

from shali.foundation.clocks import now
from shali.foundation.journal.access import seal_finished_days


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="journal_seal_days", lock="journal_seal_days", pass_context=False)
def seal_days(timestamp: int) -> None:
    """Seal the days that have ended; a day is sealed once however often this runs."""
    seal_finished_days(at=now())
