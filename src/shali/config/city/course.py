"""How the work on one person goes: invented, and the same from the same seed. Pure."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from shali.config.city.plan import NOW
from shali.verification.models import AttemptResult, Ending, Way
from shali.verification.rules import ANSWERS, Fact

LIMIT = timedelta(hours=24)
_ENDINGS = (Ending.FOUR_FACTS, Ending.MOVED_ON, Ending.DECEASED, Ending.DUPLICATE, Ending.NEVER_FOUND, Ending.WITHDRAWN)
_WEIGHTS = (915, 40, 5, 12, 18, 10)
_STUCK = 0.004  # open for days, whatever is tried
_FAILURES = (AttemptResult.NO_ANSWER, AttemptResult.NUMBER_WRONG, AttemptResult.NOBODY_HOME, AttemptResult.CALL_LATER)
_GIVEN = {fact: [one.code for one in ANSWERS[fact] if one.establishes] for fact in Fact}
_WAYS = (Way.PHONE, Way.AT_THE_DOOR, Way.DOCUMENT_SEEN, Way.RECORDS, Way.HOUSEHOLD_MEMBER)
BLOCKS = ("public_security", "hospital", "telecom_operator")


@dataclass(frozen=True, slots=True)
class Found:
    """One answer to one fact."""

    fact: Fact
    code: str
    way: Way
    at: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt to reach the person."""

    result: AttemptResult
    way: Way
    at: datetime


@dataclass(frozen=True, slots=True)
class Course:
    handed_over_at: datetime
    accepted_at: datetime | None
    assigned_at: datetime | None
    tried: tuple[Tried, ...]
    found: tuple[Found, ...]
    blocked_at: datetime | None
    blocked_on: str
    proposed_at: datetime | None
    ended_at: datetime | None
    ending: Ending | None


def course(draw: random.Random, *, handed_over_at: datetime, attempts: int, required: int, may_repeat: bool) -> Course:
    """Draw what has happened to one task until now.

    attempts: how many tries a closed task has on average; may_repeat: there is an earlier task to be a duplicate of
    """
    hours = draw.lognormvariate(2.05, 0.6)
    ended = handed_over_at + timedelta(hours=hours)
    stuck = draw.random() < _STUCK
    # Times are in whole seconds, so that they are written alike everywhere.
    if ended < NOW and not stuck:
        return _ended(draw, handed_over_at, ended.replace(microsecond=0), attempts, required, may_repeat=may_repeat)
    return _open(draw, handed_over_at, stuck=stuck)


def _ended(
    draw: random.Random, begun: datetime, ended: datetime, attempts: int, required: int, *, may_repeat: bool
) -> Course:
    ending = draw.choices(_ENDINGS, _WEIGHTS)[0]
    if ending is Ending.DUPLICATE and not may_repeat:
        ending = Ending.FOUR_FACTS
    if ending is Ending.WITHDRAWN:
        return Course(begun, None, None, (), (), None, "", None, ended, ending)
    tries = draw.randrange(attempts + 1) + draw.randrange(attempts + 1)
    facts: tuple[Fact, ...] = tuple(Fact) if ending is Ending.FOUR_FACTS else ()
    if ending is Ending.NEVER_FOUND:
        tries = max(tries, required)
    steps = 2 + tries + len(facts) + (ending is Ending.NEVER_FOUND)
    hours = [begun + (ended - begun) * ((n + 1) / (steps + 1)) for n in range(steps)]
    at = iter([one.replace(microsecond=0) for one in hours])
    return Course(
        handed_over_at=begun,
        accepted_at=next(at),
        assigned_at=next(at),
        tried=_tries(draw, [next(at) for _ in range(tries)]),
        found=_facts(draw, [(fact, next(at)) for fact in facts]),
        blocked_at=None,
        blocked_on="",
        proposed_at=next(at, None),
        ended_at=ended,
        ending=ending,
    )


def _open(draw: random.Random, begun: datetime, *, stuck: bool) -> Course:
    waits = NOW - begun
    taken = begun + timedelta(minutes=draw.uniform(5, 240))
    if taken >= NOW or (not stuck and draw.random() < 0.04):
        return Course(begun, None, None, (), (), None, "", None, None, None)
    taken = taken.replace(microsecond=0)
    left = NOW - taken
    hours = sorted((taken + left * draw.random()).replace(microsecond=0) for _ in range(6))
    tries = draw.randrange(0, 3) + (3 if stuck else 0)
    facts = [fact for fact in Fact if draw.random() < 0.4][: 2 if stuck else 3]
    blocked = draw.random() < (0.4 if stuck else 0.07)
    proposed = stuck and not blocked and draw.random() < 0.3 and waits > LIMIT
    return Course(
        handed_over_at=begun,
        accepted_at=taken,
        assigned_at=taken if draw.random() < 0.7 else None,
        tried=_tries(draw, hours[: min(tries, 3)] + [hours[3]] * max(0, tries - 3)),
        found=_facts(draw, [(fact, hours[4]) for fact in facts]),
        blocked_at=hours[5] if blocked else None,
        blocked_on=draw.choice(BLOCKS) if blocked else "",
        proposed_at=hours[5] if proposed else None,
        ended_at=None,
        ending=None,
    )


def _tries(draw: random.Random, hours: list[datetime]) -> tuple[Tried, ...]:
    return tuple(Tried(draw.choice(_FAILURES), Way.AT_THE_DOOR if n % 3 == 2 else Way.PHONE, at)
                 for n, at in enumerate(hours))  # fmt: skip


def _facts(draw: random.Random, wanted: list[tuple[Fact, datetime]]) -> tuple[Found, ...]:
    return tuple(Found(fact, draw.choice(_GIVEN[fact]), draw.choice(_WAYS), at) for fact, at in wanted)
