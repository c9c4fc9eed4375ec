"""Jobs that keep the jobs running."""

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

SECONDS_WITHOUT_A_SIGN = 30

log = logging.getLogger(__name__)


@app.periodic(cron="*/1 * * * *")
@app.task(queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give jobs whose worker died to another one: a killed worker leaves them 'doing' for ever.

    Where the same work already waits again (its queueing lock is taken), the dead one is ended as failed instead: it
    would otherwise hold its lock, and nothing of its kind would run any more.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SECONDS_WITHOUT_A_SIGN):
        try:
            await manager.retry_job(job)
            log.warning("Job %s (%s) lost its worker; it runs again.", job.id, job.task_name)
        except UniqueViolation:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
            log.warning("Job %s (%s) lost its worker; the next of its kind does its work.", job.id, job.task_name)
