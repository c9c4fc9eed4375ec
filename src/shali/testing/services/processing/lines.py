"""The roster's lines of whom a transaction of the inbox names: held in one order, and told where their people stand."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shali.foundation.jurisdictions.rows import array_of
from shali.testing.rules import Standing
from shali.testing.services.processing.work import Work
from shali.testing.services.standing import await_results, restand

# After the tubes, and in the order of their numbers, as everybody takes them: so that of two who bring samples of the
# same people one waits, and neither for ever.
HOLD = """
select e.round_id, e.person_id, e.id, e.standing
from unnest(%s::bigint[], %s::bigint[]) as n(round_id, person_id)
join testing_expected e on e.round_id = n.round_id and e.person_id = n.person_id
order by e.id for no key update of e
"""


@dataclass(frozen=True, slots=True)
class Line:
    id: int
    standing: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Whose standing may have changed, by round, and the line of each who has one; the others are guests to come."""

    affected: dict[int, list[int]]
    held: dict[tuple[int, int], Line]

    def guests_of(self, work: Work) -> list[tuple[int, int]]:
        """Return round and person of whoever came and has no line."""
        fresh = {(one.round, one.person) for one in work.samples.values() if one.opened is not None}
        return sorted(fresh - self.held.keys())


def hold_lines(work: Work) -> Lines:
    """Hold until the commit the lines of everybody whose standing may change."""
    affected = work.affected()
    named = [(made, person) for made, people in affected.items() for person in people]
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [array_of(made for made, _person in named), array_of(person for _made, person in named)])
        held = {(made, person): Line(*line) for made, person, *line in cursor.fetchall()}
    return Lines(affected, held)


def stand_anew(*, work: Work, lines: Lines, by: str, at: datetime) -> None:
    """Write where people stand after what was written down."""
    came = _simply_came(work, lines)
    await_results(lines={lines.held[key].id: first_at for key, first_at in came.items()}, by=by, at=at)
    for made, people in lines.affected.items():
        others = [person for person in people if (made, person) not in came]
        restand(round_id=made, people=others, by=by, at=at)


def _simply_came(work: Work, lines: Lines) -> dict[tuple[int, int], datetime]:
    """Return who had no sample in his round and has one now of which nothing is known, and when it was taken.

    Nearly everybody. His line is held and says that he was not sampled, so that all his samples are among ours.
    """
    came: dict[tuple[int, int], datetime] = {}
    others: set[tuple[int, int]] = set()
    for one in work.samples.values():
        key = (one.round, one.person)
        line = lines.held.get(key)
        is_new = line is not None and line.standing == Standing.NOT_SAMPLED and not one.is_unbound
        if is_new and one.tube is not None and one.tube.is_awaited:
            came[key] = min(came.get(key, one.taken_at), one.taken_at)
        else:
            others.add(key)
    return {key: first_at for key, first_at in came.items() if key not in others} if others else came
