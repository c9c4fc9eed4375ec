"""Jobs that keep the jobs running."""

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

SECONDS_WITHOUT_A_SIGN = 30

log = logging.getLogger(__name__)


@app.periodic(cron="*/1 * * * *")
@app.task(queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give jobs whose worker died to another one: a killed worker leaves them 'doing' for ever."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SECONDS_WITHOUT_A_SIGN):
        log.warning("Job %s (%s) lost its worker; it runs again.", job.id, job.task_name)
        await manager.retry_job(job)
