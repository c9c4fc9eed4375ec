"""What a policy officer may dispute about verification: the answers, what establishes a fact, who must find whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.tasks import rules as tasks

COMMUNITY_PARTS = 4  # city, county, township, community


class Fact(IntEnum):
    COUNTED = 1
    IDENTIFIED = 2
    LOCATED = 3
    CONTROLLED = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one fact. An answer that establishes nothing keeps the fact open."""

    code: str
    establishes: bool = True
    # Which ending, anomaly or note it suggests to whoever gave it; never done by itself.
    suggests: str = ""


ANSWERS: dict[Fact, tuple[Answer, ...]] = {
    Fact.COUNTED: (
        Answer("lives_alone"),
        Answer("household_2"),
        Answer("household_3"),
        Answer("household_4"),
        Answer("household_5_or_more"),
        Answer("not_counted_yet", establishes=False),
    ),
    Fact.IDENTIFIED: (
        Answer("seen_in_person"),
        Answer("document_checked"),
        Answer("confirmed_by_voice"),
        Answer("confirmed_by_family"),
        Answer("somebody_else", establishes=False, suggests="wrong_person"),
        Answer("not_identified_yet", establishes=False),
    ),
    Fact.LOCATED: (
        Answer("at_home"),
        Answer("elsewhere_in_city"),
        Answer("in_hospital"),
        Answer("at_isolation_site"),
        Answer("left_the_city", suggests="moved_on"),
        Answer("not_located_yet", establishes=False),
    ),
    Fact.CONTROLLED: (
        Answer("home_quarantine"),
        Answer("central_quarantine"),
        Answer("home_monitoring"),
        Answer("in_treatment"),
        Answer("no_measure_needed"),
        Answer("not_settled_yet", establishes=False),
    ),
}


def answer(fact: Fact, code: str) -> Answer | None:
    """Return the answer of that code, or None when the fact has no such answer."""
    return next((known for known in ANSWERS[fact] if known.code == code), None)


def missing_facts(established: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return the facts still open, in the order in which they are asked."""
    return tuple(fact for fact in Fact if fact not in established)


def answering_unit(*, row_path: str, home_path: str, list_path: str) -> str:
    """Return the path of the unit that must find a person.

    The community that answers for the address on the list; else the one of his address in the register; else the
    narrowest unit that either names; else the unit that received the list and must find him itself. A grid's
    people are its community's.

    row_path: deepest unit that the row's address names, '' when it names none
    home_path: unit of the person's address in the register, '' when he is not registered
    """
    candidates = [_at_most_community(path) for path in (row_path, home_path) if path]
    for path in candidates:
        if len(path.split(".")) == COMMUNITY_PARTS:
            return path
    return max(candidates, key=lambda path: len(path.split(".")), default=list_path)


def _at_most_community(path: str) -> str:
    return ".".join(path.split(".")[:COMMUNITY_PARTS])


def may_undo(*, ended_at: datetime, at: datetime, minutes: int) -> bool:
    """Say whether an ending may still be taken back."""
    return at - ended_at <= timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class AgeBand:
    """People by full hours since hand-over; the last band has no end."""

    from_hours: int
    to_hours: int | None


AGE_BANDS = tuple(AgeBand(*band) for band in tasks.AGE_BANDS)


@dataclass(frozen=True, slots=True)
class Said:
    """What one list says of a person, as far as two lists may contradict each other.

    place: path of the deepest unit that the address names; '' and empty sets say nothing
    """

    place: str = ""
    phones: frozenset[str] = frozenset()
    birth_on: str = ""
    sex: str = ""
    result: str = ""  # what the sender writes of his control status


def contradictions(said: Sequence[Said]) -> tuple[str, ...]:
    """Return in what lists contradict each other about one person: place, phone, birth_on, sex, result.

    What one of them leaves open contradicts nothing, and neither does a unit within the other's.
    """
    found = []
    places = [one.place for one in said if one.place]
    if any(not (lies_in(a, b) or lies_in(b, a)) for a in places for b in places):
        found.append("place")
    phones = [one.phones for one in said if one.phones]
    if len(phones) > 1 and not frozenset.intersection(*phones):
        found.append("phone")
    found += [name for name in ("birth_on", "sex", "result") if len({getattr(o, name) for o in said} - {""}) > 1]
    return tuple(found)


def may_be_a_number(number: str) -> bool:
    """Say whether letters and digits, cleaned, may stand on a document; its check digit is for the review to judge."""
    return 6 <= len(number) <= 30 and number.isascii() and number.isalnum()


# The four facts as questions of a round that asks again.
FACT_QUESTIONS = {
    Fact.COUNTED: "counted",
    Fact.IDENTIFIED: "identified",
    Fact.LOCATED: "located",
    Fact.CONTROLLED: "controlled",
}
# How a difference between two rounds is settled: the first was right, the second is, or things have changed since.
SETTLEMENTS = ("first_holds", "second_holds", "changed_since")


def who_asks_again(*, first_path: str, round_path: str) -> str:
    """Return the unit that asks again: the one above the first, whose workers are others; never above the round's."""
    above = first_path.rpartition(".")[0]
    return above if lies_in(above, round_path) else round_path
