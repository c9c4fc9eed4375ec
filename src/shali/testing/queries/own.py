"""What one person may know of himself, and where somebody stands in the last rounds."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.reading import read_by_key
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.queries.masked import masked_many
from shali.testing.models import Expected, Sample
from shali.testing.rules import Standing


@dataclass(frozen=True, slots=True)
class OwnResult:
    """What somebody learns by the code on his slip: never another's, never more than where he stands."""

    round_number: int
    taken_at: datetime
    standing: int


@dataclass(frozen=True, slots=True)
class OwnStanding:
    round: str
    round_number: int
    standing: int
    sampled_at: datetime | None
    exempt: str
    missing: str


def own_result(scope: Scope, event: UUID) -> OwnResult | None:
    """Return what the holder of a slip may know, or None where the slip is none. Called under a system scope."""
    found = Sample.objects.filter(event=event).select_related("round").first()
    if found is None:
        return None
    standing = Expected.objects.filter(round_id=found.round_id, person_id=found.person_id).values_list(
        "standing", flat=True
    )
    return OwnResult(found.round.number, found.taken_at, standing.first() or Standing.AWAITING)


def code_of(scope: Scope, person: int, *, at: datetime) -> str:
    """Return what a person's code holds: his public number, and the first character of his name; '' if unseen."""
    found = masked_many(scope, [person], on=day_of(at)).get(person)
    return f"SHALI1:{found.public_id}:{found.name[:1]}" if found is not None else ""


STANDINGS = """
select r.public_id, r.number, e.standing, e.sampled_at, e.exempt, e.missing
from testing_expected e join testing_round r on r.id = e.round_id
where e.person_id = %(person)s and e.path >= %(path)s and e.path < %(path)s || '/'
order by r.number desc limit %(most)s
"""


def standings_of(scope: Scope, person: int, *, most: int = 10) -> list[OwnStanding]:
    """Return where a person stands in the last rounds."""
    return [OwnStanding(*row) for row in read_by_key(STANDINGS, person=person, path=scope.path, most=most)]
