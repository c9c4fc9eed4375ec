"""F1 of pairs against the truth, thresholds swept or given, and the calibration of scores."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Scored:
    """One entry a row: the score of its pair, whether that pair is true; and how many true pairs there are."""

    score: np.ndarray
    right: np.ndarray
    true: int


def best_of_each_row(found: pl.DataFrame, truth: pl.DataFrame) -> Scored:
    """Keep the likeliest partner of every left row."""
    best = found.sort("score", "right", descending=[True, False]).unique("left", keep="first")
    joined = truth.join(best, on="left", how="left").sort("left")
    return Scored(
        joined["score"].fill_null(-1e9).to_numpy(),
        (joined["right"] == joined["truth"]).fill_null(False).to_numpy(),
        int(truth["truth"].is_not_null().sum()),
    )


def every_pair(found: pl.DataFrame, truth: pl.DataFrame) -> Scored:
    joined = found.join(truth, on="left", how="inner")
    return Scored(
        joined["score"].to_numpy(),
        (joined["right"] == joined["truth"]).fill_null(False).to_numpy(),
        int(truth["truth"].is_not_null().sum()),
    )


def at(scored: Scored, threshold: float) -> tuple[float, float, float]:
    """Return F1, precision, recall of the pairs at or above a threshold."""
    taken = scored.score >= threshold
    hits = int((taken & scored.right).sum())
    return 2 * hits / max(int(taken.sum()) + scored.true, 1), hits / max(int(taken.sum()), 1), hits / scored.true


def swept(scored: Scored) -> tuple[float, float]:
    """Return the best F1 of all thresholds, and that threshold."""
    order = np.argsort(-scored.score, kind="stable")
    hits = np.cumsum(scored.right[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + scored.true)
    # Only between different scores can a threshold stand.
    ends = np.r_[scored.score[order][1:] != scored.score[order][:-1], True]
    place = int(np.argmax(np.where(ends, f1, 0)))
    return float(f1[place]), float(scored.score[order][place])


def band(scored: Scored, *, share: float = 0.01) -> tuple[float, float]:
    """Return the two thresholds that leave at most `share` of the rows in between and err least outside."""
    best = (2.0, 0.5, 0.5)
    grid = np.unique(np.r_[np.linspace(0.02, 0.98, 49), 0.99, 0.995])
    for low in grid:
        for high in grid[grid >= low]:
            between = ((scored.score >= low) & (scored.score < high)).mean()
            if between <= share * 0.9:
                wrong = ((scored.score >= high) & ~scored.right).mean() + ((scored.score < low) & scored.right).mean()
                if wrong < best[0]:
                    best = (float(wrong), float(low), float(high))
    return best[1], best[2]


EDGES = (0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001)


def calibration(scored: Scored) -> list[tuple[float, float, int, float, float]]:
    """Return, for each band of scores: from, to, rows, mean score, share that is true."""
    told = []
    for low, high in pairwise(EDGES):
        inside = (scored.score >= low) & (scored.score < high)
        if inside.any():
            told.append(
                (low, high, int(inside.sum()), float(scored.score[inside].mean()), float(scored.right[inside].mean()))
            )
    return told
