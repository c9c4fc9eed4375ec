"""What the command tells on standard error: how far it is, what it took for what, what was wrong, what came out."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from shali.engines.rings.reading import Case, Problems
from shali.engines.rings.reading.cases import FROM_ONSET, GIVEN, LOOKED_BACK

MOST_SHOWN = 20


class Say:
    """One console on standard error."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)

    @contextmanager
    def working(self) -> Iterator[None]:
        with self._bar:
            yield

    def now(self, what: str) -> None:
        """Say what is being done; shown in a terminal only."""
        self._bar.update(self._task, description=what.replace("[", r"\["))

    def line(self, sentence: str) -> None:
        self.console.print(sentence, markup=False)

    def columns(self, file: str, columns: dict[str, str], what: str) -> None:
        taken = ", ".join(f"{thing}={heading}" for thing, heading in columns.items())
        self.line(f"{file}: {what} ({taken})")

    def windows(self, cases: list[Case], moment: "Moment") -> None:
        many = {how: sum(case.how == how for case in cases) for how in (GIVEN, FROM_ONSET, LOOKED_BACK)}
        told = ", ".join(f"{count:,} {how}" for how, count in many.items() if count)
        span = f"{moment(min(case.start for case in cases))} to {moment(max(case.end for case in cases))}"
        self.line(f"windows: {told}; from {span}")

    def problems(self, problems: Problems, written: str) -> None:
        """Say each sort of problem in a line: how many, where, what, what became of the rows, which one was first."""
        for one in problems.summed()[:MOST_SHOWN]:
            kind, rows = one.kind, "row" if one.many == 1 else "rows"
            column = f', column "{kind.column}"' if kind.column else ""
            first = "" if one.row is None else f"; {'first ' if one.many > 1 else ''}in row {one.row}"
            value = f': "{one.value}"' if one.value else ""
            self.line(f"{one.many:,} {rows} {kind.taken}: {kind.file}{column}{first}{value}: {kind.problem}")
        if len(problems):
            self.line(f"{len(problems):,} problem{'s' if len(problems) > 1 else ''}{written}")

    def found(self, counts: "Counts", *, order: int, written: str) -> None:
        for ring, name in ((1, "contacts"), (2, "contacts of contacts"))[:order]:
            marked = counts.marked[ring]
            also = f"; {marked:,} rows are meetings with another case" if marked else ""
            self.line(f"{name}: {len(counts.people[ring]):,} people in {counts.rows[ring]:,} rows{also}")
        if written:
            self.line(f"written to {written}")


class Counts:
    """What went by, for the last lines."""

    def __init__(self) -> None:
        self.rows, self.marked = {1: 0, 2: 0}, {1: 0, 2: 0}
        self.people: dict[int, set[int | str]] = {1: set(), 2: set()}

    def counting(self, pieces: Iterator[pa.Table]) -> Iterator[pa.Table]:
        for piece in pieces:
            for ring in (1, 2):
                rows = piece.filter(pc.equal(piece["order"], ring))
                self.rows[ring] += len(rows)
                self.marked[ring] += pc.sum(pc.cast(rows["target_is_case"], pa.int64())).as_py() or 0
                self.people[ring].update(pc.unique(rows["target"]).to_pylist())
            yield piece


class Moment:
    """Seconds as the visits' clock shows them."""

    def __init__(self, clock: str, zone: str) -> None:
        from shali.engines.rings.answer import moments

        self._of = lambda seconds: moments(pa.array([seconds]), clock, zone)

    def __call__(self, seconds: int) -> str:
        return self._of(seconds)[0].as_py().isoformat(sep=" ")
