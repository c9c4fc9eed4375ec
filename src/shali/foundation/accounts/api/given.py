"""What a program sends: nothing unknown, nothing that no column can hold, and the version that it had seen."""

import re
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import BaseModel, ConfigDict

from shali.foundation.ui.refusal import NotInScope, WrongInput

VERSION = re.compile(r'"?(\d{1,9})(?:\.[0-9a-f]+)?"?')


class Given(Schema):
    """A body that a program sends; a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Given):
    """An act that needs no word beside its address."""


class DoneOut(Schema):
    """done: what was asked stands now."""

    done: bool = True


def show_version(request: HttpRequest, version: int) -> None:
    """Let the answer's ETag begin with the version of what it shows; If-Match takes it back."""
    request.version_shown = version  # type: ignore[attr-defined]  # read by UnchangedAnswers


def keep_no_answer(request: HttpRequest) -> None:
    """Let an answer with whole personal values not be given again without a look of its own."""
    request.answer_not_kept = True  # type: ignore[attr-defined]  # read by OneAnswerPerKey


def version_seen(request: HttpRequest) -> int | None:
    """Return the version that a caller acts on, from If-Match; None when it named none.

    :raises WrongInput: the header is not an ETag of ours
    """
    said = request.headers.get("If-Match", "*").strip()
    if said == "*":
        return None
    found = VERSION.fullmatch(said)
    if found is None:
        raise WrongInput(_("If-Match takes the ETag that the last answer about this bore."))
    return int(found[1])


def refuse_unstorable(arguments: dict[str, Any]) -> None:
    """Refuse the one character that no text of the database holds.

    :raises NotInScope: it stands in the address
    :raises WrongInput: it stands in what was sent
    """
    for value in arguments.values():
        if isinstance(value, str) and "\0" in value:
            raise NotInScope
        if isinstance(value, BaseModel) and _has_zero(value.model_dump()):
            raise WrongInput(_("A text holds the character 0, which no text may."))


def _has_zero(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_zero(one) for pair in value.items() for one in pair)
    return isinstance(value, list) and any(_has_zero(one) for one in value)
