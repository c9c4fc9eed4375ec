"""Visits on disk, sorted by place and time and again by person; a day is appended without touching the days before.

Every column is one file, to which each append adds a *segment* that is sorted in itself; `store.json` says how far the
files are valid and is replaced last, so that an append that died leaves the store as it was.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shali.engines.rings.kernels import ENTER, WHO, Columns
from shali.engines.rings.model import UNKNOWN_SEAT
from shali.engines.rings.store.batches import Batch, gather
from shali.engines.rings.store.names import read_names, write_names
from shali.engines.rings.store.sorting import sort
from shali.engines.rings.store.state import CannotStore, State, alone, read_state, write_state

TYPES: dict[str, type[np.generic]] = {
    **dict.fromkeys(("at_place", "of_person", "longest"), np.int32),
    **dict.fromkeys(("seat", "own_seat"), np.int16),
    **dict.fromkeys(("place_from", "person_from"), np.uint32),
}
WIDE = {"at_place": 3, "of_person": 3}  # numbers in a row
_CLOCKS = {"wall": "of a clock without zone", "instant": "moments with a zone"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What an append added. twice: visits that stand more than once; shown: (person, place, enter) of some of them."""

    visits: int
    twice: int
    shown: list[tuple[object, object, int]]


class Store:
    """A folder of visits, open."""

    def __init__(self, folder: Path) -> None:
        """Open a store; a folder that is empty or is not there becomes one when visits are added."""
        self.folder = folder
        self._state = State()
        if (folder / "store.json").is_file():
            self._state = read_state(folder)
        elif folder.exists() and (not folder.is_dir() or any(one.name != "lock" for one in folder.iterdir())):
            raise CannotStore(f"{folder} is not a store of visits, and not empty. Name another folder.")
        self._open()

    def __len__(self) -> int:
        return sum(self._state.rows)

    @property
    def clock(self) -> str:
        """Say what the times are: `wall` for a clock without zone, `instant` for moments."""
        return self._state.clock

    @property
    def earliest(self) -> int:
        return min((low for low, _ in self._state.span), default=0)

    @property
    def latest(self) -> int:
        """Return the last moment of all visits."""
        return max((high for _, high in self._state.span), default=0)

    @property
    def has_seats(self) -> bool:
        return self._state.seats

    @property
    def segments(self) -> int:
        return len(self._state.rows)

    def holds(self, mark: str) -> bool:
        """Say whether a file with this fingerprint has been taken already."""
        return mark in self._state.files

    def size(self) -> int:
        """Return the bytes on disk."""
        return sum(one.stat().st_size for one in self.folder.iterdir())

    def append(
        self,
        batches: Iterable[Batch],
        *,
        clock: Callable[[], str] = lambda: "wall",
        mark: str = "",
        source: str = "",
        expected: int = 0,
        progress: Callable[[str], None] = lambda _what: None,
    ) -> Taken:
        """Add visits as a segment of their own.

        clock: what the times of the batches are, asked when they have been read. mark: fingerprint of where they come
        from, kept with `source`. expected: how many there may be, if known.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with alone(self.folder):
            try:
                rows = gather(batches, self.people, self.places, expected)
                if not len(rows["place"]):
                    return Taken(0, 0, [])
                progress("sorting")
                return self._add_segment(rows, clock=clock(), mark=mark, source=source)
            finally:
                self._open()  # after a refusal too: names that came with the refused rows are forgotten

    def _add_segment(self, rows: dict[str, NDArray[np.generic]], *, clock: str, mark: str, source: str) -> Taken:
        state, many = self._state, len(rows["place"])
        if state.rows and state.clock != clock:
            raise CannotStore(
                f"The times in {self.folder} are {_CLOCKS[state.clock]}, those of {source or 'the new visits'} are "
                f"{_CLOCKS[clock]}. Bring them to one form, or name another folder."
            )
        seats = state.seats or "seat" in rows
        after = State(
            clock=clock,
            people=self.people.kind,
            places=self.places.kind,
            seats=seats,
            rows=[*state.rows, many],
            people_in=[*state.people_in, len(self.people)],
            places_in=[*state.places_in, len(self.places)],
            span=[*state.span, (int(rows["enter"].min()), int(rows["leave"].max()))],
            files={**state.files, mark: source} if mark else state.files,
        )
        if seats and not state.seats:
            self._seats_so_far()
        fresh = {name: self._room(name, after.length(name) - self._valid(name, seats)) for name in TYPES}
        again, at = sort(rows, fresh)
        for column in fresh.values():
            if isinstance(column, np.memmap):
                column.flush()
        stem = f"{len(after.rows)}"
        write_names(self.folder / f"people-{stem}", self.people)
        write_names(self.folder / f"places-{stem}", self.places)
        write_state(self.folder, after)
        for old in (*self.folder.glob("people-*"), *self.folder.glob("places-*")):
            if old.stem.rpartition("-")[2] != stem:
                old.unlink()
        shown = self._shown(fresh, at[:100])
        self._state = after
        return Taken(many, again, shown)

    def _valid(self, column: str, seats: bool) -> int:
        return sum(self._state.rows) if seats and column in {"seat", "own_seat"} else self._state.length(column)

    def _room(self, column: str, more: int) -> NDArray[Any]:
        """Return the new end of a column's file, to be written; what a dead append left there is cut off."""
        size = np.dtype(TYPES[column]).itemsize * WIDE.get(column, 1)
        begin = self._valid(column, more > 0) * size
        path = self.folder / column
        with path.open("ab") as file:
            file.truncate(begin)
            file.truncate(begin + more * size)
        if not more:
            return np.empty(_shape(column, 0), TYPES[column])
        return np.memmap(path, TYPES[column], "r+", offset=begin, shape=_shape(column, more))

    def _seats_so_far(self) -> None:
        """Write that nobody's seat was known until now."""
        for column in ("seat", "own_seat"):
            np.full(sum(self._state.rows), UNKNOWN_SEAT, np.int16).tofile(self.folder / column)

    def _shown(self, fresh: dict[str, NDArray[Any]], at: NDArray[np.int64]) -> list[tuple[object, object, int]]:
        places = np.searchsorted(fresh["place_from"], at, side="right") - 1
        people = self.people.named(fresh["at_place"][at, WHO]).to_pylist()
        named = self.places.named(places.astype(np.int32)).to_pylist()
        return list(zip(people, named, fresh["at_place"][at, ENTER].tolist(), strict=True))

    def _open(self) -> None:
        state, stem = self._state, len(self._state.rows)
        people, places = (max(many, default=0) for many in (state.people_in, state.places_in))
        self.people = read_names(self.folder / f"people-{stem}", state.people, people)
        self.places = read_names(self.folder / f"places-{stem}", state.places, places)
        mapped = {name: self._map(name) for name in TYPES}
        self.columns = Columns(
            **mapped,
            base=_ends(state.rows),
            places_at=_ends([one + 1 for one in state.places_in]),
            people_at=_ends([one + 1 for one in state.people_in]),
            span=np.array(state.span, np.int32).reshape(-1, 2),
        )

    def _map(self, column: str) -> NDArray[Any]:
        many = self._state.length(column)
        if not many:
            empty = np.empty(_shape(column, 0), TYPES[column])
            empty.flags.writeable = False  # one type for the compiled loops, mapped or not
            return empty
        return np.memmap(self.folder / column, TYPES[column], "r", shape=_shape(column, many)).view(np.ndarray)


def _shape(column: str, many: int) -> tuple[int, ...]:
    return (many, WIDE[column]) if column in WIDE else (many,)


def _ends(lengths: list[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
