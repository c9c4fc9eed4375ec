"""Visits on their way into a store: from names and seconds to columns of codes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shali.engines.rings.model import UNKNOWN_SEAT, Seats, Seconds
from shali.engines.rings.store.names import Names


@dataclass(frozen=True, slots=True)
class Batch:
    """Some visits under their own names, cleaned: no nulls, leave >= enter."""

    person: pa.Array
    place: pa.Array
    enter: Seconds
    leave: Seconds
    seat: Seats | None = None


def gather(batches: Iterable[Batch], people: Names, places: Names, expected: int) -> dict[str, NDArray[np.generic]]:
    """Return the batches as columns of codes and seconds."""
    columns: dict[str, NDArray[np.generic]] = {
        name: np.empty(max(expected, 1024), np.int32) for name in ("person", "place", "enter", "leave")
    }
    used = 0
    for batch in batches:
        many = len(batch.enter)
        if used + many > len(columns["enter"]):
            columns = {name: _longer(column, used, used + many) for name, column in columns.items()}
        if batch.seat is not None and "seat" not in columns:
            columns["seat"] = np.full(len(columns["enter"]), UNKNOWN_SEAT, np.int16)
        columns["person"][used : used + many] = people.encode(batch.person)
        columns["place"][used : used + many] = places.encode(batch.place)
        columns["enter"][used : used + many] = batch.enter
        columns["leave"][used : used + many] = batch.leave
        if "seat" in columns:
            columns["seat"][used : used + many] = UNKNOWN_SEAT if batch.seat is None else batch.seat
        used += many
    return {name: column[:used] for name, column in columns.items()}


def _longer(column: NDArray[np.generic], used: int, least: int) -> NDArray[np.generic]:
    longer = np.full(max(2 * len(column), least), UNKNOWN_SEAT, column.dtype)
    longer[:used] = column[:used]
    return longer
