"""Showing what is sealed: some fields of one person, for a purpose, on record in the same transaction, in a budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.journal.access import record_access, record_refusal
from shali.foundation.journal.queries import people_looked_at
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.models import Address, Document, Person, Phone
from shali.foundation.people.queries.record import person_in_scope
from shali.foundation.people.rules import FIELDS, PURPOSES, budget_left
from shali.foundation.people.services.grounds import ground_number
from shali.foundation.policy.rules import number, number_of_role
from shali.foundation.ui.refusal import Refusal, WrongInput
from shali.foundation.vault.sealing import open_text


class BudgetSpent(Refusal):
    """This post has looked at as many people today as its role may. That it asked for more is kept on record."""

    status = 429

    def __init__(self, message: str, *, afterwards: Callable[[], object]) -> None:
        super().__init__(message)
        self.afterwards = afterwards


@dataclass(frozen=True, slots=True)
class Revealed:
    """Plain values by field, in the order of FIELDS, and the hour from which a page hides them again."""

    person: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    hide_at: datetime
    record: int


@transaction.atomic
def reveal(
    *,
    scope: Scope,
    person: str,
    fields: Sequence[str],
    purpose: str,
    at: datetime,
    task: str = "",
    reason: str = "",
) -> Revealed:
    """Return some fields of a person in plain. No record, no plaintext: both are of one transaction.

    task: public number of the task that the look is for, '' for none; it stands in the record
    :raises WrongInput: no purpose or no field is named, or the task is not about this person
    :raises BudgetSpent: the day's budget of different people is used up
    :raises NotInScope: there is no such person for this post
    """
    wanted = [field for field in FIELDS if field in fields]
    if purpose not in PURPOSES or not wanted:
        raise WrongInput(_("Choose what the look is for, and at least one field."), fields={"purpose": "missing"})
    found = person_in_scope(scope, person, at=at)
    record = record_access(
        scope=scope,
        act="reveal",
        purpose=purpose,
        subject_kind="person",
        subject=found.pk,
        fields=wanted,
        at=at,
        task=ground_number(scope=scope, person=found.pk, public_id=task),
        reason=reason,
    )
    refused = partial(record_refusal, scope=scope, purpose=purpose, subject=found.pk, fields=wanted, at=at)
    _refuse_beyond_budget(scope, at, refused)
    minutes = int(number("reveal_minutes", at).value)
    values = tuple((field, tuple(_VALUES[field](found))) for field in wanted)
    return Revealed(found.public_id, values, at + timedelta(minutes=minutes), record)


def budget_of(*, scope: Scope, at: datetime) -> int:
    """Return at how many different people a day a post of this role may look."""
    return int(number_of_role("reveal_persons_per_day", scope.role, at).value)


def _refuse_beyond_budget(scope: Scope, at: datetime, afterwards: Callable[[], object]) -> None:
    """Count after the record was added: its chain has one end, so looks at once are counted one after the other."""
    budget = budget_of(scope=scope, at=at)
    seen = len(people_looked_at(scope, since=start_of_day(day_of(at))))
    if seen > budget:
        said = _(
            "You have looked at %(budget)d different people today; that is your limit until midnight. "
            "This request is on record. Ask the desk above you."
        )
        raise BudgetSpent(said % {"budget": budget}, afterwards=afterwards)


def looks_left(*, scope: Scope, at: datetime) -> int:
    """Return at how many more people this post may look today."""
    budget = budget_of(scope=scope, at=at)
    return budget_left(seen=len(people_looked_at(scope, since=start_of_day(day_of(at)))), budget=budget)


def _name(person: Person) -> list[str]:
    return [open_text(person.name_sealed, table="people_person", column="name", row=person.pk)]


def _birth(person: Person) -> list[str]:
    if person.birth_sealed is None:
        return []
    return [open_text(person.birth_sealed, table="people_person", column="birth", row=person.pk)]


def _documents(person: Person) -> list[str]:
    rows = Document.objects.filter(person=person, ended_at=None).order_by("-whole", "-seen_at", "id")
    return [open_text(one.number_sealed, table="people_document", column="number", row=one.pk) for one in rows]


def _phones(person: Person) -> list[str]:
    rows = Phone.objects.filter(person=person, ended_at=None).order_by("-seen_at", "id")
    return [open_text(one.number_sealed, table="people_phone", column="number", row=one.pk) for one in rows]


def _addresses(person: Person) -> list[str]:
    rows = Address.objects.filter(person=person, ended_at=None).order_by("-seen_at", "id")
    return [open_text(one.text_sealed, table="people_address", column="text", row=one.pk) for one in rows]


_VALUES = {"name": _name, "document": _documents, "phone": _phones, "address": _addresses, "birth": _birth}
