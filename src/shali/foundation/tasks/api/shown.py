"""What answers about tasks are made of."""

from datetime import datetime
from typing import Any

from ninja import Schema

from shali.foundation.people.api.shown import PersonMasked


class UnitShown(Schema):
    path: str
    name: str
    name_en: str


class WhoShown(Schema):
    name: str
    unit: str
    unit_en: str


class LineOut(Schema):
    """One step of a task's history."""

    seq: int
    act: str
    at: datetime
    by: str
    who: WhoShown | None
    from_unit: UnitShown | None
    to_unit: UnitShown | None
    detail: dict[str, Any]
    note: str


class TransferOut(Schema):
    """state: 1 waits, 2 taken over, 3 not taken over, 4 waits for the common parent, 5 arbitrated, 6 withdrawn."""

    public_id: str
    task: str
    state: int
    from_unit: UnitShown
    to_unit: UnitShown | None
    arbiter: UnitShown | None
    reason: str
    asked_at: datetime
    asker: WhoShown | None
    answer_due_at: datetime
    decided_at: datetime | None
    person: PersonMasked | None


class JointOut(Schema):
    public_id: str
    task: str
    department: str
    department_en: str
    unit: UnitShown
    ask: str
    asked_at: datetime
    asker: WhoShown | None
    due_at: datetime
    answer: str
    answered_at: datetime | None
    note: str
    answer_note: str
    person: PersonMasked | None


class ReminderOut(Schema):
    step: str
    kind: str
    at: datetime


class ActedOut(Schema):
    """version: what If-Match takes for the next act."""

    task: str
    version: int


class MovedOut(Schema):
    transfer: str
    task: str
    state: int
