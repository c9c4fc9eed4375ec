"""Errors that a user can do something about. Anything else is a bug, and crashes."""

from collections.abc import Callable

from django.utils.translation import gettext as _


class Refusal(Exception):
    """A rule or a race says no. The message is a whole translated sentence: what is wrong, what to do next.

    A refusal takes back whatever was begun. `afterwards` is called then, in a transaction of its own: what must be on
    record although, and because, nothing was done.
    """

    status = 409
    afterwards: Callable[[], object] | None = None

    def __init__(self, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}


class WrongInput(Refusal):
    """What was typed cannot be taken; `fields` says which."""

    status = 422


class MoreThanSaid(Refusal):
    """More would be acted on than whoever asks was shown; nothing was."""


class Erased(Refusal):
    """Personal values of an outbreak that was closed: their keys are destroyed, nobody can read them."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_("The outbreak of these records was closed and its keys destroyed: nobody can read them."))


class NotInScope(Exception):
    """There is no such thing for whoever asks; shown as 404, never as 'forbidden', which would tell."""
