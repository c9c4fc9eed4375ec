"""Who is exempt by the rules of a round, and who of a list is meant by an age. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

# A round's rules: code -> its number. 0, or none: nobody is exempt by it.
MONTHS, POSITIVE_DAYS, ISOLATED = "months", "positive_days", "isolated"
MOST = {MONTHS: 216, POSITIVE_DAYS: 365, ISOLATED: 1}
# What a line says that is exempt by one of them.
WORDS = {ISOLATED: "rule_isolated", POSITIVE_DAYS: "rule_positive", MONTHS: "rule_age"}
RULED = tuple(WORDS.values())
# Why an exemption was taken back.
TAKE_BACK = ("mistake", "ended", "came")
HELD = ("central_isolation", "home_isolation")


@dataclass(frozen=True, slots=True)
class Known:
    """What the house knows of somebody when a roster is drawn. positive_on: the day of his last positive sample."""

    born_on: date | None = None
    positive_on: date | None = None
    is_isolated: bool = False


def are_rules(rules: Mapping[str, int]) -> bool:
    """Say whether these are rules of exemption, each with a number that it may have."""
    return all(0 <= number <= MOST.get(code, -1) for code, number in rules.items())


def exempt_by(rules: Mapping[str, int], known: Known, *, on: date) -> str:
    """Return the reason for which somebody is exempt on a day, the first that holds; '' for none.

    Whoever is isolated is sampled where he is; that says most.
    """
    if rules.get(ISOLATED) and known.is_isolated:
        return WORDS[ISOLATED]
    days = rules.get(POSITIVE_DAYS, 0)
    if days and known.positive_on is not None and (on - known.positive_on).days <= days:
        return WORDS[POSITIVE_DAYS]
    months = rules.get(MONTHS, 0)
    if months and known.born_on is not None and months_old(known.born_on, on) < months:
        return WORDS[MONTHS]
    return ""


def months_old(born_on: date, on: date) -> int:
    """Return the whole months that somebody has lived."""
    return (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)


def is_aged(born_on: date | None, on: date, *, first: int | None, last: int | None) -> bool:
    """Say whether somebody has so many years, both bounds included; of whom no birthday is known has none."""
    if born_on is None:
        return False
    years = months_old(born_on, on) // 12
    return (first is None or years >= first) and (last is None or years <= last)
