"""A worker that was killed leaves its jobs behind; none of them stops the ones that come after."""

from django.db import connection

from shali.config.jobs import retry_stalled_jobs

INBOX = "shali.testing.jobs.empty_inbox"


def test_a_dead_job_whose_work_already_waits_does_not_stop_its_kind(live):
    dead = _job(INBOX, status="doing", lock="testing_inbox")
    waiting = _job(INBOX, status="todo", lock="testing_inbox")
    retry_stalled_jobs.defer(timestamp=0)

    live.run_jobs()

    assert _status(dead) == "failed"
    assert _status(waiting) == "succeeded"


def test_a_dead_job_runs_again_also_behind_one_whose_work_already_waits(live):
    _job(INBOX, status="doing", lock="testing_inbox")
    _job(INBOX, status="todo", lock="testing_inbox")
    alone = _job("shali.config.jobs.retry_stalled_jobs", status="doing", lock=None, queueing_lock=None)
    retry_stalled_jobs.defer(timestamp=0)

    live.run_jobs()

    assert _status(alone) == "succeeded"


def _job(task: str, *, status: str, lock: str | None, queueing_lock: str | None = "testing_inbox") -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status)
               VALUES ('default', %s, %s, %s, '{"timestamp": 0}', %s::procrastinate_job_status) RETURNING id""",
            [task, lock, queueing_lock, status],
        )
        return cursor.fetchone()[0]


def _status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return cursor.fetchone()[0]
