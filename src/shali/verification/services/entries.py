"""What a phone sends: any number of entries, in any order, any number of times, each answered by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.services.close import NotOpen
from shali.foundation.ui.formats import hour
from shali.foundation.ui.refusal import NotInScope, Refusal
from shali.verification.models import AnomalyKind, AttemptResult, Way
from shali.verification.queries.checks import ended_by
from shali.verification.rules import Fact
from shali.verification.services.anomalies import raise_anomaly
from shali.verification.services.endings import close_with_four_facts
from shali.verification.services.findings import record_attempt, record_finding
from shali.verification.services.identity import answer_identity


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done at a door or on the telephone. `entry` is the device's own name for it, for ever."""

    entry: UUID
    task: str
    kind: str  # finding, attempt, anomaly, identity, close
    taken_at: datetime
    fact: int = 0
    answer: str = ""
    way: int = Way.PHONE
    result: int = 0
    next_attempt_at: datetime | None = None
    anomaly: int = 0
    note: str = ""
    question: str = ""  # of a document to be seen, with its `answer` and `number`
    number: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry: taken (now or before), or refused with a sentence; a refused one stays on the phone."""

    entry: UUID
    is_taken: bool
    message: str = ""


def take_entries(*, scope: Scope, entries: Sequence[Entry], by: str, at: datetime) -> list[Outcome]:
    """Take each entry by itself: one that is refused blocks no other, and is named with its reason."""
    return [_take(scope, entry, by=by, at=at) for entry in entries]


def _take(scope: Scope, entry: Entry, *, by: str, at: datetime) -> Outcome:
    try:
        with transaction.atomic():
            _dispatch(scope, entry, by=by, at=at)
    except NotOpen:
        return _closed_before(scope, entry, by=by)
    except Refusal as refusal:
        return Outcome(entry.entry, is_taken=False, message=refusal.message)
    except NotInScope:
        return Outcome(
            entry.entry, is_taken=False, message=_("This task belongs to another unit now; your entry was not added.")
        )
    except ValueError:
        return Outcome(entry.entry, is_taken=False, message=_("This entry cannot be read. Enter it again."))
    return Outcome(entry.entry, is_taken=True)


def _closed_before(scope: Scope, entry: Entry, *, by: str) -> Outcome:
    """The same closing sent twice is taken: what it asked for is so. Whom another forestalled is told who it was."""
    ended = ended_by(scope, entry.task)
    if ended is None or ended.by == by:
        return Outcome(entry.entry, is_taken=True)
    return Outcome(
        entry.entry,
        is_taken=False,
        message=_("%(who)s struck this person off at %(hour)s; yours was not needed.")
        % {"who": ended.who, "hour": hour(ended.at)},
    )


def _dispatch(scope: Scope, entry: Entry, *, by: str, at: datetime) -> None:
    if entry.kind == "finding":
        record_finding(
            scope=scope,
            task=entry.task,
            entry=entry.entry,
            fact=Fact(entry.fact),
            code=entry.answer,
            way=Way(entry.way),
            taken_at=entry.taken_at,
            by=by,
            at=at,
            note=entry.note,
        )
    elif entry.kind == "attempt":
        record_attempt(
            scope=scope,
            task=entry.task,
            entry=entry.entry,
            way=Way(entry.way),
            result=AttemptResult(entry.result),
            taken_at=entry.taken_at,
            next_attempt_at=entry.next_attempt_at,
            by=by,
            at=at,
            note=entry.note,
        )
    elif entry.kind == "anomaly":
        raise_anomaly(
            scope=scope,
            task=entry.task,
            entry=entry.entry,
            kind=AnomalyKind(entry.anomaly),
            taken_at=entry.taken_at,
            by=by,
            at=at,
            note=entry.note,
        )
    elif entry.kind == "identity":
        _answer_identity(scope, entry, by=by, at=at)
    elif entry.kind == "close":
        close_with_four_facts(scope=scope, task=entry.task, seen=None, by=by, at=at)
    else:
        raise ValueError(entry.kind)


def _answer_identity(scope: Scope, entry: Entry, *, by: str, at: datetime) -> None:
    answer_identity(
        scope=scope,
        task=entry.task,
        question=entry.question,
        answer=entry.answer,
        number=entry.number,
        by=by,
        at=at,
    )
