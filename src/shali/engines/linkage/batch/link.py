"""Two tables in; for every left record: whom it is, how surely, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shali.engines.linkage.batch.compare import Levels, compare, mark_swapped, silence_the_birth_in_numbers
from shali.engines.linkage.batch.fields import Field, Kind
from shali.engines.linkage.batch.learn import (
    STRANGERS,
    Floats,
    Model,
    Rows,
    chances,
    count_strangers,
    learn,
    log_strangers,
    ratios,
)
from shali.engines.linkage.batch.pairs import Pairs, candidates
from shali.engines.linkage.batch.threads import side_by_side
from shali.engines.linkage.batch.words import LANGUAGES

SAMPLE = 10_000  # left rows to learn from
CHUNK = 50_000  # left rows compared at a time, two such chunks beside each other: what bounds the memory

SAME, DOUBTFUL, NOT_LISTED = "same", "doubtful", "not listed"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From `same` upwards it is he; below `not_listed` he is nobody there; in between somebody looks."""

    same: float = 0.75
    not_listed: float = 0.25


@dataclass(frozen=True, slots=True)
class Links:
    """One entry a left row. right: row of the likeliest right record, -1 where nobody shares a key.

    score: probability that it is that one. second: of the runner-up. decision: 0 same, 1 doubtful, 2 not listed.
    levels: (fields, rows), how the fields stand; -1 where one of the two says nothing. pairs: compared in all.
    crowded: whether something of it is shared by more right records than are worth comparing.
    """

    right: NDArray[np.int64]
    score: NDArray[np.float64]
    second: NDArray[np.float64]
    decision: NDArray[np.int8]
    levels: NDArray[np.int8]
    fields: tuple[Field, ...]
    pairs: int
    listed: float
    crowded: NDArray[np.bool_]

    def decisions(self) -> list[str]:
        words = (SAME, DOUBTFUL, NOT_LISTED)
        return [words[one] for one in self.decision]

    def reasons(self, language: str = "en") -> list[str]:
        """Say in words why, a sentence a left row. language: en or zh."""
        words = LANGUAGES[language]
        kept: dict[tuple[object, ...], str] = {}
        told = []
        rival = (self.second > 0.02) & (self.decision == 1)
        for row, levels in enumerate(map(tuple, self.levels.T.tolist())):
            key = (levels, self.right[row] < 0, bool(rival[row]), bool(self.crowded[row]))
            if key not in kept:
                said = [words.reason(field, level) for field, level in zip(self.fields, levels, strict=True)]
                said += [words.rival] if rival[row] else []
                kept[key] = words.semicolon.join(filter(None, said)) or (words.crowd if key[3] else words.alone)
            told.append(kept[key])
        return told


class Tables(Protocol):
    """Two tables, wherever their values are: both in the clear (`Clear`), or the right one under seal (`register`)."""

    @property
    def fields(self) -> list[Field]: ...

    @property
    def rights(self) -> int: ...

    def shortlist(self, whole: NDArray[np.bool_]) -> Pairs:
        """Return the pairs worth comparing, and every pair that shares a key of the left rows of `whole`."""

    def view(self, pairs: Pairs) -> tuple[list[Field], Rows, Rows]:
        """Return what is to be compared of these pairs: fields, and rows in their left and right tables."""

    def strangers(self, draw: np.random.Generator, many: int) -> tuple[list[Field], Rows, Rows]:
        """Return the same for as many pairs picked at random."""


@dataclass(frozen=True, slots=True)
class Clear:
    """Both tables in the clear."""

    fields: list[Field]

    @property
    def rights(self) -> int:
        return self.fields[0].records

    def shortlist(self, whole: NDArray[np.bool_]) -> Pairs:
        return candidates(self.fields, whole=whole)

    def view(self, pairs: Pairs) -> tuple[list[Field], Rows, Rows]:
        return self.fields, pairs.left, pairs.right

    def strangers(self, draw: np.random.Generator, many: int) -> tuple[list[Field], Rows, Rows]:
        lefts = self.fields[0].left.shape[1]
        many = min(many, lefts * self.rights)
        return self.fields, draw.integers(lefts, size=many), draw.integers(self.rights, size=many)


def link(
    fields: list[Field],
    *,
    thresholds: Thresholds | None = None,
    once: bool = False,
    seed: int = 4111,
    progress: Callable[[str, float], None] = lambda _what, _share: None,
) -> Links:
    """Match every left record to at most one right record, deterministically.

    once: a right record answers to one left record only; who fits it less well becomes doubtful.
    """
    return link_tables(Clear(fields), thresholds=thresholds, once=once, seed=seed, progress=progress)


def link_tables(
    tables: Tables,
    *,
    thresholds: Thresholds | None = None,
    once: bool = False,
    seed: int = 4111,
    progress: Callable[[str, float], None] = lambda _what, _share: None,
) -> Links:
    """Match as `link` does, wherever the values are."""
    lefts = tables.fields[0].left.shape[1]
    progress("candidates", 0.0)
    sample = np.zeros(lefts, dtype=bool)
    sample[np.random.default_rng(seed).choice(lefts, size=min(SAMPLE, lefts), replace=False)] = True
    pairs = tables.shortlist(sample)
    progress("learning", 0.0)
    found = _Found.of_nobody(len(tables.fields), lefts)
    model = _learn_on_sample(tables, pairs.of(sample[pairs.left]), sample, seed=seed, into=found)
    rest = pairs.of(~sample[pairs.left])

    def weighed(start: int) -> tuple[Pairs, list[Levels], list[Floats]]:
        some = rest.of(slice(*np.searchsorted(rest.left, (start, start + CHUNK))))
        fields, left, right = tables.view(some)
        levels = compare_all(fields, left, right)
        return some, levels, log_strangers(fields, levels, model.stranger, left, right)

    starts = range(0, lefts, CHUNK)
    for start, (some, levels, log_u) in zip(starts, side_by_side(weighed, starts), strict=True):
        found.keep(model, some, levels, log_u, rights=tables.rights)
        progress("comparing", min(start + CHUNK, lefts) / lefts)
    decision = decide(found.score, thresholds or Thresholds())
    if once:
        decision = _once(found.best, found.score, decision)
    return Links(
        found.best,
        found.score,
        found.second,
        decision,
        found.how,
        tuple(tables.fields),
        len(pairs.left),
        model.listed,
        pairs.crowded,
    )


def decide(score: Floats, thresholds: Thresholds) -> NDArray[np.int8]:
    """Return 0 same, 1 doubtful, 2 not listed."""
    return np.where(score >= thresholds.same, 0, np.where(score < thresholds.not_listed, 2, 1)).astype(np.int8)


def compare_all(fields: list[Field], left: Rows, right: Rows) -> list[Levels]:
    """Return a level for each field and pair, with what two fields say together said once."""
    levels = list(side_by_side(lambda field: compare(field, left, right), fields))
    names = [number for number, field in enumerate(fields) if field.kind is Kind.NAME]
    mark_swapped([fields[n] for n in names], [levels[n] for n in names], left, right)
    places = {field.kind: number for number, field in enumerate(fields)}
    if Kind.DOCUMENT in places and Kind.BIRTH in places:
        document, birth = places[Kind.DOCUMENT], places[Kind.BIRTH]
        silence_the_birth_in_numbers(fields[document], levels[birth], left, right)
    return levels


def _learn_on_sample(tables: Tables, pairs: Pairs, sample: NDArray[np.bool_], *, seed: int, into: "_Found") -> Model:
    """Learn from all pairs of the sample, and keep what is thereby known of its own rows."""
    stranger = count_strangers(*tables.strangers(np.random.default_rng(seed), STRANGERS))
    fields, left, right = tables.view(pairs)
    levels = compare_all(fields, left, right)
    place = (np.cumsum(sample) - 1)[pairs.left]
    log_u = log_strangers(fields, levels, stranger, left, right)
    model = learn(fields, levels, log_u, stranger=stranger, place=place, rows=int(sample.sum()))
    into.keep(model, pairs, levels, log_u, rights=tables.rights)
    return model


@dataclass(frozen=True, slots=True)
class _Found:
    """The same arrays as in `Links`, filled as rows are compared."""

    best: NDArray[np.int64]
    score: Floats
    second: Floats
    how: NDArray[np.int8]

    @classmethod
    def of_nobody(cls, fields: int, lefts: int) -> "_Found":
        how = np.full((fields, lefts), -1, dtype=np.int8)
        return cls(np.full(lefts, -1, dtype=np.int64), np.zeros(lefts), np.zeros(lefts), how)

    def keep(self, model: Model, pairs: Pairs, levels: list[Levels], log_u: list[Floats], *, rights: int) -> None:
        """Keep the likeliest right record of each left row among these pairs, which hold all pairs of their rows."""
        if not len(pairs.left):
            return
        # Pairs stand in order of the left row.
        heads = np.flatnonzero(np.r_[True, pairs.left[1:] != pairs.left[:-1]])
        lengths = np.diff(np.r_[heads, len(pairs.left)])
        place = np.repeat(np.arange(len(heads)), lengths)
        same, kin = ratios(model, levels, log_u)
        one, _ = chances(model, same, kin, place, lefts=len(heads), rights=rights)
        most = np.maximum.reduceat(one, heads)
        # Of equals the first, whose right record stands first.
        likeliest = np.flatnonzero(one == most[place])
        rows, firsts = pairs.left[heads], likeliest[np.searchsorted(likeliest, heads)]
        self.best[rows], self.score[rows] = pairs.right[firsts], most
        one[firsts] = 0.0
        self.second[rows] = np.maximum.reduceat(one, heads)
        for number, level in enumerate(levels):
            self.how[number, rows] = level[firsts]


def _once(best: NDArray[np.int64], score: Floats, decision: NDArray[np.int8]) -> NDArray[np.int8]:
    order = np.lexsort((np.arange(len(best)), -score, best))
    again = np.r_[False, best[order][1:] == best[order][:-1]] & (best[order] >= 0)
    decision = decision.copy()
    rows = order[again]
    decision[rows[decision[rows] == 0]] = 1
    return decision
