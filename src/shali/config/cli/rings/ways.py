"""The two ways to the answer, behind one face: take visits, know a person, answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from shali.config.cli.rings.say import Moment, Say
from shali.engines.rings import Batch, CannotStore, Store, Thresholds, Windows, first_contacts, second_contacts
from shali.engines.rings.answer import from_store
from shali.engines.rings.evaluate import CleanedVisits, answer_by_duckdb
from shali.engines.rings.reading import KEPT, Case, Kind, Rule, VisitFile, fingerprint


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked. until: text of the latest time, empty for the end of the last visit."""

    limits: Thresholds
    rule: Rule
    order: int
    engine: str
    until: str
    zone: str


class ByStore:
    """The indexed store."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)

    @property
    def clock(self) -> str:
        return self.store.clock

    def holds(self, path: Path) -> bool:
        return self.store.holds(fingerprint(path))

    def add(self, file: VisitFile, batches: Iterator[Batch], say: Say) -> int:
        path = file.table.path
        taken = self.store.append(
            batches,
            clock=lambda: file.clock or "wall",
            mark=fingerprint(path),
            source=path.name,
            expected=file.table.rows,
            progress=lambda _: say.now(f"sorting {path.name}"),
        )
        if taken.twice:
            moment = Moment(self.clock, file.zone)
            kind = Kind(str(path), "", "stands twice, the same in everything: counts once", KEPT)
            shown = [f"{person} at {place} from {moment(enter)}" for person, place, enter in taken.shown]
            file.problems.add(kind, [None] * len(shown), shown, many=taken.twice)
        return taken.visits

    def finish(self) -> int | None:
        return self.store.latest if len(self.store) else None

    def find(self, names: list[int | str]) -> list[int | None]:
        return self.store.people.find(names)

    def answer(self, cases: list[Case], ask: Ask, until: int) -> Iterator[pa.Table]:
        codes = self.find([case.person for case in cases])
        known = [(code, case.start, case.end) for code, case in zip(codes, cases, strict=True) if code is not None]
        columns = [np.array([one[i] for one in known], np.int32) for i in range(3)]
        cases_in = {code for code, _, _ in known}
        first = first_contacts(self.store, Windows(*columns), ask.limits)
        yield from_store(self.store, first, cases_in, zone=ask.zone)
        if ask.order == 2:
            for piece in second_contacts(self.store, first, ask.limits, until=until):
                yield from_store(self.store, piece, cases_in, zone=ask.zone)


class ByExpression:
    """One expression on DuckDB."""

    def __init__(self, folder: Path) -> None:
        self.visits = CleanedVisits(folder / "visits.parquet")
        self.clock = ""

    def holds(self, path: Path) -> bool:
        del path
        return False

    def add(self, file: VisitFile, batches: Iterator[Batch], say: Say) -> int:
        del say
        many = self.visits.add(batches)
        if many and self.clock and self.clock != file.clock:
            raise CannotStore("Some files of visits have times with a zone and some without. Bring them to one form.")
        self.clock = self.clock or file.clock
        return many

    def finish(self) -> int | None:
        self.visits.close()
        return self.visits.latest

    def find(self, names: list[int | str]) -> list[int | None]:
        known = self.visits.among(names)
        return [1 if name in known else None for name in names]

    def answer(self, cases: list[Case], ask: Ask, until: int) -> Iterator[pa.Table]:
        windows = [(case.person, case.start, case.end) for case in cases]
        yield answer_by_duckdb(
            self.visits, windows, ask.limits, order=ask.order, until=until, clock=self.clock, zone=ask.zone
        )
