"""How far the files of a store are valid, and who may add to them."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

FORMAT = 1


class CannotStore(Exception):
    """The folder holds no store that can be read, or another program is writing to it."""


@dataclass
class State:
    """What `store.json` says. rows, people_in, places_in, span: one entry a segment; files: fingerprint to name."""

    format: int = FORMAT
    clock: str = "wall"
    people: str = "number"
    places: str = "number"
    seats: bool = False
    rows: list[int] = field(default_factory=list)
    people_in: list[int] = field(default_factory=list)
    places_in: list[int] = field(default_factory=list)
    span: list[tuple[int, int]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def length(self, column: str) -> int:
        """Return how many values of a column are valid."""
        rows = sum(self.rows)
        return {
            "place_from": sum(self.places_in) + len(self.rows),
            "person_from": sum(self.people_in) + len(self.rows),
            "longest": sum(self.places_in),
            "seat": rows if self.seats else 0,
            "own_seat": rows if self.seats else 0,
        }.get(column, rows)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStore(f"Another program is adding visits to {folder}. Try again when it has ended.") from None
        yield


def read_state(folder: Path) -> State:
    try:
        said = json.loads((folder / "store.json").read_text())
        state = State(**said)
    except (ValueError, TypeError) as error:
        raise CannotStore(f"{folder}/store.json cannot be read ({error}). Build the store anew.") from None
    if state.format != FORMAT:
        raise CannotStore(f"{folder} was written in format {state.format}; this is {FORMAT}. Build the store anew.")
    return state


def write_state(folder: Path, state: State) -> None:
    fresh = folder / "store.json.new"
    with fresh.open("w") as file:
        json.dump(asdict(state), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / "store.json")
