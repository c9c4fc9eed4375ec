"""A questionnaire's questions: what an answer may be, and whether a question is asked at all. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

TEXT, INTEGER, DECIMAL, DATE, ONE, SEVERAL = "text", "integer", "decimal", "date", "one", "several"
KINDS = (TEXT, INTEGER, DECIMAL, DATE, ONE, SEVERAL)
CORE_GROUP = "core"

# The part of XLSForm's language that is understood here: comparisons with a value, joined by "and" and "or".
_COMPARES = re.compile(r"^\$\{(\w+)\}\s*(=|!=|>=|<=|>|<)\s*(?:'([^']*)'|(-?\d+(?:\.\d+)?))$")
_SELECTED = re.compile(r"^selected\(\s*\$\{(\w+)\}\s*,\s*'([^']*)'\s*\)$")
_BOUND = re.compile(r"^\.\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)$")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. labels, hints, choices by language ("zh", "en"); relevant, constraint: as the form writes them."""

    name: str
    kind: str
    group: str
    labels: Mapping[str, str]
    required: bool = False
    relevant: str = ""
    constraint: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_core(self) -> bool:
        return self.group == CORE_GROUP


def is_understood(condition: str) -> bool:
    """Say whether a condition is of the language understood here; one that is not would ask nobody, or everybody."""
    return all(_COMPARES.match(part) or _SELECTED.match(part) for part in _parts(condition))


def is_understood_constraint(constraint: str) -> bool:
    return all(_BOUND.match(part.strip()) for part in re.split(r"\band\b", constraint) if part.strip())


def is_asked(question: Asked, answers: Mapping[str, str]) -> bool:
    """Say whether a question is asked, given the answers so far (by name; several choices separated by spaces)."""
    if not question.relevant:
        return True
    return any(
        all(_holds(part.strip(), answers) for part in re.split(r"\band\b", either))
        for either in re.split(r"\bor\b", question.relevant)
    )


def fault(question: Asked, value: str) -> str:
    """Return why a value is no answer: not_a_number, not_a_day, no_such, out_of_range; "" where it is one."""
    if question.kind in (INTEGER, DECIMAL):
        pattern = r"-?\d{1,9}" if question.kind == INTEGER else r"-?\d{1,9}(\.\d{1,4})?"
        if not re.fullmatch(pattern, value):
            return "not_a_number"
        if question.constraint and not _within(question.constraint, float(value)):
            return "out_of_range"
    if question.kind == DATE and not _is_day(value):
        return "not_a_day"
    if question.kind == ONE and value not in question.choices:
        return "no_such"
    if question.kind == SEVERAL and not set(value.split()) <= set(question.choices):
        return "no_such"
    return ""


def _parts(condition: str) -> list[str]:
    return [part.strip() for part in re.split(r"\band\b|\bor\b", condition) if part.strip()]


def _holds(part: str, answers: Mapping[str, str]) -> bool:
    if chosen := _SELECTED.match(part):
        return chosen[2] in answers.get(chosen[1], "").split()
    said = _COMPARES.match(part)
    if said is None:
        return True
    have, wanted = answers.get(said[1], ""), said[3] if said[3] is not None else said[4]
    if said[2] in ("=", "!="):
        return (have == wanted) == (said[2] == "=")
    try:
        return _compare(float(have), said[2], float(wanted))
    except ValueError:
        return False


def _within(constraint: str, value: float) -> bool:
    bounds = [_BOUND.match(part.strip()) for part in re.split(r"\band\b", constraint)]
    return all(_compare(value, bound[1], float(bound[2])) for bound in bounds if bound)


def _compare(left: float, sign: str, right: float) -> bool:
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[sign]


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == 10
