"""Errors that a user can do something about. Anything else is a bug, and crashes."""


class Refusal(Exception):
    """A rule or a race says no. The message is a whole translated sentence: what is wrong, what to do next."""

    status = 409

    def __init__(self, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}


class WrongInput(Refusal):
    """What was typed cannot be taken; `fields` says which."""

    status = 422


class NotInScope(Exception):
    """There is no such thing for whoever asks; shown as 404, never as 'forbidden', which would tell."""
