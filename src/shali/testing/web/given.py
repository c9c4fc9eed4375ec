"""What forms of this desk send."""

from collections.abc import Container
from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from shali.foundation.ui.refusal import WrongInput
from shali.testing.queries.narrowed import Narrow

MOST_AT_ONCE = 500


def word_of(request: HttpRequest, known: Container[str], otherwise: str, *, name: str = "which") -> str:
    """Read the filter of a list; a word that it does not know reads as the one that it begins with."""
    asked = request.GET.get(name, "")
    return asked if asked in known else otherwise


def after_of(request: HttpRequest, of: str = "") -> str:
    """Read the place behind which a list goes on. of: which list of a page that has several."""
    return request.GET.get("after", "")[:200] if request.GET.get("of", "") == of else ""


def must_hour(request: HttpRequest, name: str) -> datetime:
    """Read an hour that has to be given (2022-08-11T06:00, the city's own clock).

    :raises WrongInput: it is none
    """
    return _hour(request.POST.get(name, "").strip(), name)


def hour_of(request: HttpRequest, name: str) -> datetime | None:
    """Read an hour that may be left out.

    :raises WrongInput: it is none
    """
    text = request.POST.get(name, "").strip()
    return _hour(text, name) if text else None


def _hour(text: str, name: str) -> datetime:
    try:
        read = parse_datetime(text)
    except ValueError:
        read = None
    if read is None:
        raise WrongInput(_("Write the hour as 2022-08-10 08:00."), fields={name: "hour"})
    return read if read.tzinfo else timezone.make_aware(read)


def numbers_of(request: HttpRequest, name: str) -> list[int]:
    """Read the numbers of the lines that were chosen."""
    return [int(one) for one in request.POST.getlist(name) if one.isdigit() and len(one) < 16][:MOST_AT_ONCE]


def codes_of(text: str) -> list[str]:
    """Read codes that were scanned, one to a line or parted by commas."""
    return [one.strip().upper() for one in text.replace(",", "\n").replace("\uff0c", "\n").split("\n") if one.strip()]


def number_of(text: str, *, otherwise: int = 0) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else otherwise


def narrow_of(given: QueryDict) -> Narrow:
    """Read whom of those left a filter means; a word that is no number is none."""
    first, last = (given.get(name, "").strip() for name in ("first", "last"))
    return Narrow(
        unit=given.get("unit", "")[:60],
        own=given.get("own") == "1",
        door=number_of(given.get("door", "")),
        group=given.get("group", "")[:12],
        first=number_of(first) if first.isdigit() else None,
        last=number_of(last) if last.isdigit() else None,
    )
