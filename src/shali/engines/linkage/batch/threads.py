"""Work beside each other: numpy, polars and rapidfuzz let go of the interpreter while they count."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

AT_ONCE = 2
Given = TypeVar("Given")
Made = TypeVar("Made")


def side_by_side(work: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    """Yield what `work` makes of each, in order; no more than two of them are in memory at a time."""
    rest = iter(given)
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        while some := list(islice(rest, AT_ONCE)):
            yield from pool.map(work, some)
