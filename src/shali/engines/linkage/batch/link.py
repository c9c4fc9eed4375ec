"""Two tables in; for every left record: whom it is, how surely, and why."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shali.engines.linkage.batch.compare import Levels, compare, mark_swapped, silence_the_birth_in_numbers
from shali.engines.linkage.batch.fields import Field, Kind
from shali.engines.linkage.batch.keys import candidates
from shali.engines.linkage.batch.learn import Floats, Model, Rows, chances, learn, log_strangers, ratios
from shali.engines.linkage.batch.threads import side_by_side
from shali.engines.linkage.batch.words import LANGUAGES

SAMPLE = 10_000  # left rows to learn from
CHUNK = 100_000  # left rows compared at a time: what bounds the memory

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
    lefts, rights = fields[0].left.shape[1], fields[0].right.shape[1]
    progress("candidates", 0.0)
    found = candidates(fields)
    left, right = found.left, found.right
    progress("learning", 0.0)
    model = _learn_on_sample(fields, left, right, lefts, seed)
    best = np.full(lefts, -1, dtype=np.int64)
    score, second = np.zeros(lefts), np.zeros(lefts)
    how = np.full((len(fields), lefts), -1, dtype=np.int8)
    for start in range(0, lefts, CHUNK):
        stop = min(start + CHUNK, lefts)
        low, high = np.searchsorted(left, (start, stop))
        if high > low:
            mine, theirs = left[low:high] - start, right[low:high]
            levels = compare_all(fields, left[low:high], theirs)
            one = _score(
                model, fields, levels, left=left[low:high], right=theirs, place=mine, lefts=stop - start, rights=rights
            )
            _keep_best(mine, theirs, one, levels, into=(best, score, second, how), start=start)
        progress("comparing", stop / lefts)
    decision = decide(score, thresholds or Thresholds())
    if once:
        decision = _once(best, score, decision)
    return Links(best, score, second, decision, how, tuple(fields), len(left), model.listed, found.crowded)


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


def _learn_on_sample(fields: list[Field], left: Rows, right: Rows, lefts: int, seed: int) -> Model:
    draw = np.random.default_rng(seed)
    rows = np.sort(draw.choice(lefts, size=min(SAMPLE, lefts), replace=False))
    chosen = np.zeros(lefts, dtype=bool)
    chosen[rows] = True
    picked = chosen[left]
    mine, theirs = left[picked], right[picked]
    return learn(fields, compare_all(fields, mine, theirs), mine, theirs, rows=rows, seed=seed)


def _score(
    model: Model,
    fields: list[Field],
    levels: list[Levels],
    *,
    left: Rows,
    right: Rows,
    place: Rows,
    lefts: int,
    rights: int,
) -> Floats:
    log_u = log_strangers(fields, levels, model.stranger, left, right)
    same, kin = ratios(model, levels, log_u)
    return chances(model, same, kin, place, lefts=lefts, rights=rights)[0]


def _keep_best(
    mine: Rows,
    theirs: Rows,
    one: Floats,
    levels: list[Levels],
    *,
    into: tuple[NDArray[np.int64], Floats, Floats, NDArray[np.int8]],
    start: int,
) -> None:
    best, score, second, how = into
    order = np.lexsort((theirs, -one, mine))
    sorted_rows = mine[order]
    heads = np.flatnonzero(np.r_[True, sorted_rows[1:] != sorted_rows[:-1]])
    rows, pairs = sorted_rows[heads] + start, order[heads]
    best[rows], score[rows] = theirs[pairs], one[pairs]
    nexts = heads + 1
    has = (nexts < len(order)) & (np.r_[sorted_rows, -1][nexts] == sorted_rows[heads])
    second[rows[has]] = one[order[nexts[has]]]
    for number, level in enumerate(levels):
        how[number, rows] = level[pairs]


def _once(best: NDArray[np.int64], score: Floats, decision: NDArray[np.int8]) -> NDArray[np.int8]:
    order = np.lexsort((np.arange(len(best)), -score, best))
    again = np.r_[False, best[order][1:] == best[order][:-1]] & (best[order] >= 0)
    decision = decision.copy()
    rows = order[again]
    decision[rows[decision[rows] == 0]] = 1
    return decision
