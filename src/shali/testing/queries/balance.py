"""A round in numbers that must agree, each counted from its own rows."""

from django.db import connection

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.testing.rules import Balance

# Whoever was sampled is counted as sampled, exempt or not; of the rest each has one word.
PEOPLE = """
select count(*) filter (where not guest),
       count(*) filter (where not guest and standing <> 0),
       count(*) filter (where not guest and standing = 0 and exempt <> ''),
       count(*) filter (where not guest and standing = 0 and exempt = '' and missing <> ''),
       count(*) filter (where not guest and standing = 0 and exempt = '' and missing = ''),
       count(*) filter (where guest and standing <> 0)
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
PARKED = """
select count(*) from testing_parked
where round_id = %s and settled_at is null and path >= %s and path < %s || '/'
"""


def balance(scope: Scope, made: int) -> Balance:
    """Count a round (by its row's number) within the scope."""
    here = (made, scope.path, scope.path)
    # Only counts leave here: somebody of the scope may have been sampled at a point that lies outside it.
    with in_scope(system_scope("testing.balance")), connection.cursor() as cursor:
        cursor.execute(PEOPLE, here)
        roster, sampled, exempt, missing, left, guests = cursor.fetchone()
        cursor.execute(IN_TUBES, here)
        (in_tubes,) = cursor.fetchone()
        cursor.execute(TUBES, here)
        tubes, received, void, lost, resulted = cursor.fetchone()
        cursor.execute(PARKED, here)
        (parked,) = cursor.fetchone()
    people = (roster, sampled, exempt, missing, left, guests, in_tubes)
    return Balance(*people, tubes, received, void, lost, resulted, parked)
