"""Where people stand in a round, worked out anew from all their samples whenever one of them or its tube changed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.rows import array_of
from shali.testing.facts import PersonTestedPositive
from shali.testing.rules import OWES, Standing, Swab, standing_of
from shali.testing.services.left import close_visits_of_sampled
from shali.testing.services.recalls import Owing, close_recalls, open_recalls

# A tube that is missing for good is as good as void: whoever lies in it owes another sample.
SAMPLES = """
select s.person_id, s.taken_at, t.size, case when t.lost_at is null then t.state else 3 end, t.conflict, t.outcome,
  t.id, t.lost_at is not null, s.event
from testing_sample s join testing_tube t on t.id = s.tube_id
where s.round_id = %s and s.person_id = any(%s) and s.unbound_at is null
"""
EXPECTED = "select person_id, standing from testing_expected where round_id = %s and person_id = any(%s) for update"
WRITE = """
update testing_expected e set standing = n.standing, sampled_at = n.sampled_at
from unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) as n(person_id, standing, sampled_at)
where e.round_id = %s and e.person_id = n.person_id
"""

CAME = """
update testing_expected e set standing = 1, sampled_at = n.first_at
from unnest(%s::bigint[], %s::timestamptz[]) as n(id, first_at) where e.id = n.id
returning e.person_id
"""
# Nearly everybody has one sample of which nothing is known yet: they await its result, and nothing follows from that.
AWAIT = """
with held as (
  select s.person_id, min(s.taken_at) as first_at from testing_sample s join testing_tube t on t.id = s.tube_id
  where s.round_id = %s and s.person_id = any(%s::bigint[]) and s.unbound_at is null group by s.person_id
  having bool_and(t.state <> 3 and t.lost_at is null and t.conflict = '' and t.outcome is null)
)
update testing_expected e set standing = 1, sampled_at = held.first_at from held
where e.round_id = %s and e.person_id = held.person_id and e.standing in (0, 1)
returning e.person_id, old.standing
"""


@dataclass(frozen=True, slots=True)
class _Held:
    """A bound sample of a person with its tube's number, and the event that made it."""

    swab: Swab
    tube: int
    is_lost: bool
    event: UUID


def await_results(*, lines: Mapping[int, datetime], by: str, at: datetime) -> None:
    """Let people who were not sampled await a result, by the numbers of their lines, each with his first sample's hour.

    For whoever holds these lines and knows all samples of their people; `restand` reads them.
    """
    if not lines:
        return
    with connection.cursor() as cursor:
        cursor.execute(CAME, [array_of(lines), array_of(lines.values())])
        people = [person for (person,) in cursor.fetchall()]
    close_visits_of_sampled(people=people, by=by, at=at)


def restand(*, round_id: int, people: Collection[int], by: str, at: datetime) -> int:
    """Work out where people stand, open and close what they owe, announce who is positive. Returns how many changed.

    Runs under a system scope, in the transaction that changed the samples or their tubes.
    """
    wanted = sorted(set(people))
    if not wanted:
        return 0
    held: dict[int, list[_Held]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(AWAIT, [round_id, array_of(wanted), round_id])
        simple = dict(cursor.fetchall())
        came = [person for person, standing in simple.items() if standing == Standing.NOT_SAMPLED]
        close_visits_of_sampled(people=came, by=by, at=at)
        wanted = [person for person in wanted if person not in simple]
        if not wanted:
            return len(came)
        cursor.execute(EXPECTED, [round_id, wanted])
        before = {person: Standing(standing) for person, standing in cursor.fetchall()}
        cursor.execute(SAMPLES, [round_id, wanted])
        for person, *swab, tube, is_lost, event in cursor.fetchall():
            held[person].append(_Held(Swab(*swab), tube, is_lost, event))
        after = {person: standing_of([one.swab for one in held[person]]) for person in before}
        first = {person: min((one.swab.taken_at for one in held[person]), default=None) for person in before}
        cursor.execute(WRITE, [list(before), list(after.values()), [first[p] for p in before], round_id])
    _follow(round_id, held, before, after, by=by, at=at)
    return len(came) + sum(before[person] != after[person] for person in before)


def _follow(
    round_id: int,
    held: dict[int, list[_Held]],
    before: dict[int, Standing],
    after: dict[int, Standing],
    *,
    by: str,
    at: datetime,
) -> None:
    """Do what a changed standing asks for: a recall opened or ended, a positive person announced."""
    settled = [(person, after[person]) for person in before if before[person] in OWES and after[person] not in OWES]
    close_recalls(round_id=round_id, settled=settled, by=by, at=at)
    owing = [
        Owing(person, *_owed_for(held[person]))
        for person in before
        if after[person] in OWES and before[person] is not after[person]
    ]
    open_recalls(round_id=round_id, owing=owing, by=by, at=at)
    came = [p for p in before if before[p] is Standing.NOT_SAMPLED and after[p] is not Standing.NOT_SAMPLED]
    close_visits_of_sampled(people=came, by=by, at=at)
    positive = [p for p in before if after[p] is Standing.POSITIVE and before[p] is not Standing.POSITIVE]
    announce([_positive(person, held[person], round_id) for person in positive], by=by, at=at)


def _owed_for(held: list[_Held]) -> tuple[int, str]:
    """Return the tube for which a person owes a sample, and why: the worst of his, the latest of those."""

    def why(one: _Held) -> str:
        swab = one.swab
        if swab.conflict:
            return "conflict"
        if swab.state == 3:
            return "lost" if one.is_lost else "void"
        if swab.outcome == 3 and swab.size == 1:
            return "doubtful_single"
        return {2: "positive_pool", 3: "doubtful_pool", 4: "invalid"}.get(swab.outcome or 0, "")

    order = ("positive_pool", "doubtful_pool", "doubtful_single", "conflict", "void", "lost", "invalid")
    found = [(order.index(said), -one.swab.taken_at.timestamp(), one.tube, said) for one in held if (said := why(one))]
    _rank, _late, tube, said = min(found)
    return tube, said


def _positive(person: int, held: list[_Held], round_id: int) -> PersonTestedPositive:
    singles = [one for one in held if one.swab.size == 1 and one.swab.outcome == 2]
    first = min(singles, key=lambda one: one.swab.taken_at)
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.public_id, e.path from testing_tube t, testing_expected e"
            " where t.id = %s and e.round_id = %s and e.person_id = %s",
            [first.tube, round_id, person],
        )
        reference, path = cursor.fetchone()
    return PersonTestedPositive(person, first.swab.taken_at, reference, path)
