"""What a program sends: nothing unknown, nothing that no column can hold, and the version that it had seen."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import BaseModel, ConfigDict

from shali.foundation.ui.refusal import NotInScope, WrongInput

YEARS = range(1900, 2200)
FARTHEST = timedelta(hours=14)  # the time zones of islands on the date line
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
    """Refuse what no column holds: the character 0, and hours without a place on earth or in these centuries.

    :raises NotInScope: it stands in the address
    :raises WrongInput: it stands in what was sent
    """
    for value in arguments.values():
        if isinstance(value, str) and "\0" in value:
            raise NotInScope
        if isinstance(value, BaseModel):
            for one in _leaves(value.model_dump()):
                _refuse(one)


def _refuse(value: object) -> None:
    if isinstance(value, str) and "\0" in value:
        raise WrongInput(_("A text holds the character 0, which no text may."))
    if isinstance(value, datetime):
        off = value.utcoffset()
        if off is None or abs(off) > FARTHEST:
            raise WrongInput(_("An hour bears its time zone: 2022-08-01T09:30:00+08:00."))
        if value.year not in YEARS:
            raise WrongInput(_("An hour lies in a year that nobody keeps here."))


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _leaves(one)
    elif isinstance(value, list | tuple | set):
        for one in value:
            yield from _leaves(one)
    else:
        yield value
