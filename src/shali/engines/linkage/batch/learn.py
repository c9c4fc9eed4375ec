"""What each level is worth, learned from the two tables themselves, without anybody's labels.

Three kinds of pairs: one person (m), one household (r), strangers (u). See README, "Method".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shali.engines.linkage.batch.compare import Levels, compare
from shali.engines.linkage.batch.fields import Field, Kind

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
ROUNDS = 12
STRANGERS = 60_000  # random pairs from which u is counted

# What we expect before looking, and how many seen pairs that expectation is worth. Levels as in LEVELS.
PRIOR_SAME = {
    Kind.NAME: (0.88, 0.03, 0.04, 0.025, 0.005, 0.01, 0.01),
    Kind.BIRTH: (0.93, 0.05, 0.005, 0.015),
    Kind.DOCUMENT: (0.85, 0.06, 0.05, 0.02, 0.005, 0.015),
    Kind.PHONE: (0.70, 0.02, 0.28),
    Kind.ADDRESS: (0.55, 0.15, 0.10, 0.10, 0.10),
}
PRIOR_KIN = {
    Kind.NAME: (0.0005, 0.002, 0.005, 0.12, 0.42, 0.45, 0.0025),
    Kind.BIRTH: (0.015, 0.02, 0.025, 0.94),
    Kind.DOCUMENT: (0.0001, 0.0004, 0.001, 0.0035, 0.015, 0.98),
    Kind.PHONE: (0.35, 0.01, 0.64),
    Kind.ADDRESS: (0.85, 0.06, 0.03, 0.03, 0.03),
}
# Strangers agree so seldom that a sample of them may show none: never less than this.
PRIOR_STRANGER = {
    Kind.NAME: (2e-4, 3e-4, 3e-4, 2e-3, 0.06, 0.93, 1e-6),
    Kind.BIRTH: (3e-5, 2e-3, 0.013, 0.985),
    Kind.DOCUMENT: (1e-7, 3e-6, 5e-6, 1e-4, 1e-4, 0.9998),
    Kind.PHONE: (1e-6, 2e-5, 0.99998),
    Kind.ADDRESS: (1e-6, 1e-5, 0.01, 0.1, 0.89),
}
# How names of one person differ is known well; how old telephones and addresses are, each list tells.
WEIGHT_SAME = dict.fromkeys(Kind, 60.0) | {Kind.NAME: 3000.0}
WEIGHT_KIN, WEIGHT_STRANGER = 3000.0, 1000.0


@dataclass(slots=True)
class Model:
    """same, kin: log of the chance of each level, one array a field. stranger: of each pair, see `log_strangers`.

    listed: share of left records that the right table has. kin_share: records of his household, a left record.
    """

    same: list[Floats]
    kin: list[Floats]
    stranger: list[Floats]
    listed: float
    kin_share: float


def count_strangers(fields: list[Field], left: Rows, right: Rows) -> list[Floats]:
    """Return the chance of each level between records picked at random, from a sample of pairs."""
    found = []
    for field in fields:
        prior = np.array(PRIOR_STRANGER[field.kind])
        found.append(np.log(_shares(compare(field, left, right), np.ones(len(left)), prior, WEIGHT_STRANGER)))
    return found


def log_strangers(
    fields: list[Field], levels: list[Levels], table: list[Floats], left: Rows, right: Rows
) -> list[Floats]:
    """Return log u of each pair and field; where the values agree, u is how common that very value is."""
    return [_log_u(field, level, u, left, right) for field, level, u in zip(fields, levels, table, strict=True)]


def _log_u(field: Field, level: Levels, table: Floats, left: Rows, right: Rows) -> Floats:
    log_u = np.append(table, 0.0)[level]
    agree = np.flatnonzero(level == 0)
    if len(agree):
        value = field.derived("value")
        least = np.full(len(agree), np.inf)
        for place, theirs in enumerate(field.right):
            other = theirs[right[agree]]
            chance = _by_chance(field, "value", place, right[agree], 0)
            for mine in field.left:
                codes = mine[left[agree]]
                same = (codes >= 0) & (other >= 0) & (value[codes] == value[other])
                least = np.where(same, np.minimum(least, chance), least)
        log_u[agree] = np.log(np.minimum(least, 1.0))
    heard = np.flatnonzero(level == 1) if field.kind is Kind.NAME else ()
    if len(heard):
        log_u[heard] = np.log(_by_chance(field, "sound", 0, right[heard], 1))
    return log_u


def _by_chance(field: Field, what: str, place: int, right: Rows, level: int) -> Floats:
    """Return the chance that a stranger in the right table has the very value (or sound) of each of these records.

    u = (c + K p) / (N + K): c records have it, of N; p is what we expected, worth K records. A value that one record
    has says how often such values come again (Good and Turing), not that one stranger in N has it: the number of a
    document has one bearer.
    """
    often = field.often(what, place, right).astype(np.float64)
    often[often <= 1] = field.met_again(what)
    prior = PRIOR_STRANGER[field.kind][level] * WEIGHT_STRANGER
    return (often + prior) / (field.records + WEIGHT_STRANGER)


def _shares(levels: Levels, weights: Floats, prior: Floats, worth: float) -> Floats:
    said = levels >= 0
    seen = np.bincount(levels[said], weights=weights[said], minlength=len(prior)) + prior / prior.sum() * worth
    return seen / seen.sum()


def ratios(model: Model, levels: list[Levels], log_u: list[Floats]) -> tuple[Floats, Floats]:
    """Return log(m/u) and log(r/u) of each pair, over all fields."""
    same, kin = np.zeros(len(levels[0])), np.zeros(len(levels[0]))
    for level, u, m, r in zip(levels, log_u, model.same, model.kin, strict=True):
        said = level >= 0
        same += np.where(said, np.append(m, 0.0)[level] - u, 0.0)
        kin += np.where(said, np.append(r, 0.0)[level] - u, 0.0)
    return same, kin


def chances(model: Model, same: Floats, kin: Floats, left: Rows, *, lefts: int, rights: int) -> tuple[Floats, Floats]:
    """Return the probability of each pair that it is one person, and that it is one household.

    The candidates of a left record compete with one another and with "he is not in the right table".
    """
    share = min(model.kin_share / rights, 1 - 1e-9)  # of a single record everybody may be the household
    other = np.logaddexp(np.log1p(-share), np.log(share) + kin)
    odds = np.log(model.listed / rights) + same - other
    most = np.full(lefts, np.log1p(-model.listed))
    np.maximum.at(most, left, odds)
    total = np.exp(np.log1p(-model.listed) - most) + np.bincount(left, np.exp(odds - most[left]), minlength=lefts)
    one = np.exp(odds - most[left]) / total[left]
    household = (1 - one) * np.exp(np.log(model.kin_share / rights) + kin - other)
    return one, household


def learn(
    fields: list[Field], levels: list[Levels], log_u: list[Floats], *, stranger: list[Floats], place: Rows, rows: int
) -> Model:
    """Fit by expectation and maximisation on the candidates of a sample of left rows.

    log_u: from `log_strangers`. stranger: from `count_strangers`. place: of each pair, its row of the sample, which has
    `rows` of them.
    """
    rights = fields[0].records
    model = Model(
        same=[np.log(np.array(PRIOR_SAME[f.kind]) / sum(PRIOR_SAME[f.kind])) for f in fields],
        kin=[np.log(np.array(PRIOR_KIN[f.kind]) / sum(PRIOR_KIN[f.kind])) for f in fields],
        stranger=stranger,
        listed=0.8,
        kin_share=1.0,
    )
    for _ in range(ROUNDS):
        same, kin = ratios(model, levels, log_u)
        one, household = chances(model, same, kin, place, lefts=rows, rights=rights)
        for number, field in enumerate(fields):
            weights = np.array(PRIOR_SAME[field.kind]), np.array(PRIOR_KIN[field.kind])
            model.same[number] = np.log(_shares(levels[number], one, weights[0], WEIGHT_SAME[field.kind]))
            model.kin[number] = np.log(_shares(levels[number], household, weights[1], WEIGHT_KIN))
        # One listed and one unlisted record more than seen keep both possible.
        model.listed = float((one.sum() + 1) / (rows + 2))
        model.kin_share = float((household.sum() + 0.01 * rows) / rows)
    return model
