"""The tasks that a look at a person may be for: their room, a storey higher, hands its query over at start-up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import WrongInput


@dataclass(frozen=True, slots=True)
class Ground:
    """A task of the scope about a person: its number in the record, its public number, and what a page says of it."""

    id: int
    public_id: str
    href: str
    unit: str
    unit_en: str
    handed_over_at: datetime
    is_open: bool


# (scope, the person's number) -> open tasks first, the newest on top
GroundsOf = Callable[[Scope, int], list[Ground]]
_sources: list[GroundsOf] = []


def use_grounds(*, grounds_of: GroundsOf) -> None:
    if grounds_of not in _sources:
        _sources.append(grounds_of)


def grounds(*, scope: Scope, person: int) -> list[Ground]:
    """Return the tasks of a scope about one person."""
    return [ground for grounds_of in _sources for ground in grounds_of(scope, person)]


def ground_number(*, scope: Scope, person: int, public_id: str) -> int | None:
    """Return the number of the task that a look is said to be for; None where none is said.

    :raises WrongInput: the task is not about this person, or not of this scope
    """
    if not public_id:
        return None
    for ground in grounds(scope=scope, person=person):
        if ground.public_id == public_id:
            return ground.id
    raise WrongInput(_("This task is not about this person."), fields={"task": "not about this person"})
