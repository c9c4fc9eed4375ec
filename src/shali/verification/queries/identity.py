"""Documents that have to be seen in person, as whoever has the task is asked."""

from dataclasses import dataclass
from datetime import datetime

from shali.foundation.jurisdictions.reading import read
from shali.foundation.jurisdictions.scope import Scope


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """One question. answer: '' while it is open; the number that was read is not here."""

    question: str
    task: str
    asked_at: datetime
    due_at: datetime
    answer: str
    ended_at: datetime | None
    ended_by: str


ASKED = """
select q.public_id, t.public_id, q.asked_at, t.due_at, q.answer, q.ended_at, q.ended_by
from verification_identityquestion q join tasks_task t on t.id = q.task_id
where t.path >= %(path)s and t.path < %(path)s || '/' and (%(task)s = '' or t.public_id = %(task)s)
  and (%(task)s <> '' or q.ended_at is null)
order by q.ended_at is not null, t.due_at, q.id limit 500
"""


def identity_questions(scope: Scope, *, task: str = "") -> list[IdentityRow]:
    """Return the open questions of the scope, due first; of one task those that ended too."""
    return [IdentityRow(*row) for row in read(ASKED, path=scope.path, task=task)]
