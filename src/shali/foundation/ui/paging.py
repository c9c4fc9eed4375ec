"""Keyset pages: 'after this row', never 'skip 10,000 rows'."""

import base64
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

Row = TypeVar("Row")
PAGE = 50
# Counting stops here: "10,000+" says enough, and the page stays quick at any size.
COUNTED_AT_MOST = 10_000
LAST_SECOND = 253_402_300_799.0  # of the year 9999: no row is later


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list. total: None when it was not counted; next: where the following page begins, '' at the end."""

    rows: Sequence[Row]
    first: int
    last: int
    total: int | None
    next: str
    is_first: bool


def mark(at: datetime, number: int, shown: int) -> str:
    """Write the place after a row into a URL: its hour, its number, and how many rows came before."""
    text = f"{at.timestamp():.6f}~{number}~{shown}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_mark(text: str) -> tuple[float, int, int] | None:
    """Read a place from a URL; nonsense reads as the first page."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        at, number, shown = raw.split("~")
        place = float(at), int(number), int(shown)
    except ValueError:
        return None
    return place if 0 <= place[0] <= LAST_SECOND and 0 <= place[1] < 2**63 and 0 <= place[2] < 2**53 else None


def page_by_hour(rows: "QuerySet[Any]", hour: str, *, after: str, is_newest_first: bool = False) -> Page[Any]:
    """Return the page behind a place of a list that stands in the order of an hour, then of its numbers.

    hour: a column, or an annotation, that is null in no row. Counted up to 10,000. A place behind which nothing
    is left reads as the first page.
    """
    total = rows.order_by().values("pk")[: COUNTED_AT_MOST + 1].count()
    place, way = read_mark(after), "-" if is_newest_first else ""
    here = rows
    if place is not None:
        at, step = datetime.fromtimestamp(place[0], UTC), "lt" if is_newest_first else "gt"
        here = rows.filter(Q(**{f"{hour}__{step}": at}) | Q(**{hour: at, f"pk__{step}": place[1]}))
    found = list(here.order_by(f"{way}{hour}", f"{way}pk")[: PAGE + 1])
    if place is not None and not found:
        return page_by_hour(rows, hour, after="", is_newest_first=is_newest_first)  # what followed is gone meanwhile
    shown, before = found[:PAGE], place[2] if place else 0
    last = before + len(shown)
    return Page(
        rows=shown,
        first=before + 1 if shown else 0,
        last=last,
        total=total if total <= COUNTED_AT_MOST else None,
        next=mark(hour_of(shown[-1], hour), shown[-1].pk, last) if len(found) > PAGE else "",
        is_first=place is None,
    )


def hour_of(row: Any, hour: str) -> datetime:
    """Return the hour of a row by the name that its query has for it (`task__due_at`)."""
    for part in hour.split("__"):
        row = getattr(row, part)
    found: datetime = row
    return found


def page_in_order(rows: Sequence[Row], place: Callable[[Row], str], after: str, *, most: int = PAGE) -> Page[Row]:
    """Return the page behind a place of a list whose order is worked out here, not by the database.

    place: where a row stands: text that ascends with the list, is each row's own, and needs no escape in a URL
    """
    first = bisect_right(rows, after, key=place) if after else 0
    shown = rows[first : first + most]
    following = place(shown[-1]) if shown and first + most < len(rows) else ""
    return Page(shown, first + 1 if shown else 0, first + len(shown), len(rows), following, first == 0)
