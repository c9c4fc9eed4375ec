"""A round in numbers that must agree: from the sums that its writers keep, and counted anew from its own rows."""

from dataclasses import replace

from django.db import connection
from django.db.backends.utils import CursorWrapper

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.testing.queries.tallies import RoundSums, round_sums
from shali.testing.rules import Balance

# Whoever was sampled is counted as sampled, exempt or not; of the rest each has one word. A line that is the same
# person as another is nothing else.
PEOPLE = """
select count(*) filter (where not guest),
       count(*) filter (where not guest and standing <> 0),
       count(*) filter (where not guest and standing = 0 and same_as_id is null and exempt <> ''),
       count(*) filter (where not guest and standing = 0 and same_as_id is null and exempt = '' and missing <> ''),
       count(*) filter (where not guest and standing = 0 and same_as_id is null and exempt = '' and missing = ''),
       count(*) filter (where guest and standing <> 0),
       count(*) filter (where not guest and same_as_id is not null)
from testing_expected where round_id = %s and path >= %s and path < %s || '/'
"""
IN_TUBES = """
select count(distinct e.person_id) from testing_sample s
join testing_expected e on e.round_id = s.round_id and e.person_id = s.person_id
where s.round_id = %s and s.unbound_at is null and e.path >= %s and e.path < %s || '/'
"""
TUBES = """
select count(*),
       count(*) filter (where state <> 3 and lost_at is null and (received_at is not null or outcome is not null)),
       count(*) filter (where state = 3),
       count(*) filter (where state <> 3 and lost_at is not null),
       count(*) filter (where state <> 3 and lost_at is null and outcome is not null)
from testing_tube where round_id = %s and path >= %s and path < %s || '/'
"""
# What lies in tubes, by where they were filled: each swab as an event, each person once, and as the tubes count.
SWABS = """
with t as (
  select id, members from testing_tube where round_id = %s and path >= %s and path < %s || '/'
), s as (
  select s.person_id from testing_sample s join t on t.id = s.tube_id where s.unbound_at is null
)
select (select count(*) from s), (select count(distinct person_id) from s), (select coalesce(sum(members), 0) from t)
"""
# Of a device no more is known than it said when it was last heard of. What was kept apart stands with what is parked.
EVENTS = """
with n as (
  select id, greatest(captured, last_seq) as events, greatest(captured - last_seq, 0) as held, on_paper,
    greatest(captured - last_seq, 0) > taken_on_events or on_paper > taken_on_paper as is_open
  from testing_station where round_id = %s and path >= %s and path < %s || '/' and verify_key is not null
), b as (
  select b.n, b.accepted, b.duplicate, b.parked from testing_sealedbatch b join n on n.id = b.station_id
  where b.quarantine = ''
)
select n.events, b.done, b.again, b.parked, b.waiting, n.held, n.on_paper, n.open from (
  select coalesce(sum(events), 0) as events, coalesce(sum(held), 0) as held, coalesce(sum(on_paper), 0) as on_paper,
    count(*) filter (where is_open) as open from n
) n, (
  select coalesce(sum(accepted), 0) as done, coalesce(sum(duplicate), 0) as again, coalesce(sum(parked), 0) as parked,
    coalesce(sum(n) filter (where accepted is null), 0) as waiting from b
) b
"""
PARKED = """
select count(*) from testing_parked
where round_id = %s and settled_at is null and path >= %s and path < %s || '/'
"""


def balance(scope: Scope, made: int) -> Balance:
    """Return a round (by its row's number) within the scope, from the sums that its writers keep."""
    # Only counts leave here: somebody of the scope may have been sampled at a point that lies outside it.
    with in_scope(system_scope("testing.balance")):
        return balance_of(scope, made, round_sums(scope, made, scope.path))


def balance_of(scope: Scope, made: int, sums: RoundSums) -> Balance:
    """Return the sums of a round in the scope as what must agree, with what is parked there."""
    with connection.cursor() as cursor:
        cursor.execute(PARKED, [made, scope.path, scope.path])
        (parked,) = cursor.fetchone()
        here_and_not = _swabs_and_events(cursor, scope, made)
    people, tubes = sums.people, sums.tubes
    found = Balance(
        *(people.roster, people.sampled, people.exempt, people.missing, people.left, people.guests, sums.in_tubes),
        *(tubes.tubes, tubes.received, tubes.void, tubes.lost, tubes.resulted, parked),
        *here_and_not,
    )
    return replace(found, merged=people.merged)


def _swabs_and_events(cursor: CursorWrapper, scope: Scope, made: int) -> tuple[int, ...]:
    found: list[int] = []
    for asked in (SWABS, EVENTS):
        cursor.execute(asked, (made, scope.path, scope.path))
        found += map(int, cursor.fetchone())
    return tuple(found)


def recounted(scope: Scope, made: int) -> Balance:
    """Count a round (by its row's number) within the scope from its own rows; it takes as long as the round is large.

    What closes a round for good rests on this, not on sums.
    """
    here = (made, scope.path, scope.path)
    with in_scope(system_scope("testing.balance")), connection.cursor() as cursor:
        cursor.execute(PEOPLE, here)
        roster, sampled, exempt, missing, left, guests, merged = cursor.fetchone()
        cursor.execute(IN_TUBES, here)
        (in_tubes,) = cursor.fetchone()
        cursor.execute(TUBES, here)
        tubes, received, void, lost, resulted = cursor.fetchone()
        cursor.execute(PARKED, here)
        (parked,) = cursor.fetchone()
        here_and_not = _swabs_and_events(cursor, scope, made)
    people = (roster, sampled, exempt, missing, left, guests, in_tubes)
    found = Balance(*people, tubes, received, void, lost, resulted, parked, *here_and_not)
    return replace(found, merged=merged)
