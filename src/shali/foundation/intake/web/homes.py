"""Where a file belongs: the list or the roster that it became. The rooms above hand it over at start-up."""

from collections.abc import Callable
from dataclasses import dataclass

from shali.foundation.jurisdictions.scope import Scope


@dataclass(frozen=True, slots=True)
class Home:
    """The page that a file was sent from, and its title."""

    title: str
    href: str


# (scope, the batch's number) -> its home, None where the scope knows of none
HomeOf = Callable[[Scope, int], Home | None]
_homes: dict[str, HomeOf] = {}


def use_home(purpose: str, home_of: HomeOf) -> None:
    _homes[purpose] = home_of


def home_of_batch(scope: Scope, *, purpose: str, batch: int) -> Home | None:
    home_of = _homes.get(purpose)
    return home_of(scope, batch) if home_of else None
