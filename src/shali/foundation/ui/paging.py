"""Keyset pages: 'after this row', never 'skip 10,000 rows'."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Row = TypeVar("Row")
PAGE = 50
# Counting stops here: "10,000+" says enough, and the page stays quick at any size.
COUNTED_AT_MOST = 10_000


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
        return float(at), int(number), int(shown)
    except ValueError:
        return None
