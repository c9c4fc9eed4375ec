"""Who infects whom in the demo's cluster, and whom each meets: drawn beforehand, played in `outbreak.py`."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shali.foundation.clocks import city_zone
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Person


@dataclass(frozen=True, slots=True)
class Size:
    """cases in all, and how many people they meet together; seed: two machines play the same."""

    cases: int = 14
    contacts: int = 160
    seed: int = 811


@dataclass(slots=True)
class Planned:
    """One case to come: who, infected by which other, ill on which day, reported at which hour."""

    person: int
    source: int | None
    onset: date
    reported_at: datetime
    has_symptoms: bool
    contacts: list[int] = field(default_factory=list)


NEAR = 7  # so many of one community are met by the first cases


def plan(draw: random.Random, begins: date, size: Size, *, near: str = "") -> list[Planned]:
    """Draw who infects whom, and whom each meets; the infected are among those whom their source met.

    near: path of a community of which some are met, so that its worker has somebody to see
    """
    with in_scope(system_scope("demo")):
        people = list(
            Person.objects.filter(merged_into=None, source="register").order_by("id").values_list("pk", flat=True)
        )
        there = Person.objects.filter(merged_into=None, source="register", path=near).order_by("id")
        close = list(there.values_list("pk", flat=True)[:NEAR]) if near else []
    people = [person for person in people if person not in close]
    wanted = min(len(people), size.cases + size.contacts)
    crowd = draw.sample(people, wanted)
    planned = [_planned(draw, crowd.pop(), None, begins)]
    while len(planned) < size.cases:
        # The early ones infect more: the later are found, and held, sooner.
        source = min(int(draw.expovariate(1 / 3.0)), len(planned) - 1)
        onset = planned[source].onset + timedelta(days=draw.choice((2, 2, 3, 3, 4)))
        planned.append(_planned(draw, crowd.pop(), source, onset))
    for place, one in enumerate(planned):
        share = max(2, round(size.contacts / size.cases * draw.uniform(0.5, 1.5)))
        one.contacts = [crowd.pop() for _ in range(min(share, len(crowd)))]
        one.contacts += [other.person for other in planned if other.source == place and draw.random() < 0.9]
    for neighbour in close:
        planned[draw.randrange(max(1, len(planned) // 2))].contacts.append(neighbour)
    while crowd:
        draw.choice(planned).contacts.append(crowd.pop())
    return planned


def _planned(draw: random.Random, person: int, source: int | None, onset: date) -> Planned:
    late = timedelta(days=1 if source is None else draw.choice((0, 1, 1)))
    hour = draw.randrange(8, 20)
    reported = datetime(onset.year, onset.month, onset.day, hour, draw.randrange(60), tzinfo=city_zone()) + late
    return Planned(person, source, onset, reported, has_symptoms=source is None or draw.random() < 0.75)
