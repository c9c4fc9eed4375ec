"""How many of a roster each point covers: everybody once, by his named place, else by the nearest unit covered."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from shali.foundation.jurisdictions.scope import Scope

# Counted by unit and place first: a city has a million people, and some thousand of these.
COVERED = """
with counted as (
  select e.cover_id, e.path, count(*) as people, count(*) filter (where e.standing <> 0) as sampled,
    count(*) filter (where e.standing = 0 and e.exempt = '' and e.missing = '' and e.same_as_id is null)
      as remaining
  from testing_expected e
  where e.round_id = %(made)s and not e.guest and e.path >= %(area)s and e.path < %(area)s || '/'
  group by e.cover_id, e.path
)
select coalesce(n.id, u.id), coalesce(n.site_id, u.site_id), sum(g.people)::bigint, sum(g.sampled)::bigint,
  sum(g.remaining)::bigint
from counted g
left join testing_cover n on n.id = g.cover_id
left join lateral (
  select c.id, c.site_id from testing_cover c
  where g.cover_id is null and c.round_id = %(made)s and c.place = '' and c.path = any(array(
    select array_to_string((string_to_array(g.path, '.'))[1:n], '.')
    from generate_series(1, cardinality(string_to_array(g.path, '.'))) n
  ))
  order by length(c.path) desc limit 1
) u on true
group by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Covered:
    people: int = 0
    sampled: int = 0
    left: int = 0

    def __add__(self, other: "Covered") -> "Covered":
        return Covered(self.people + other.people, self.sampled + other.sampled, self.left + other.left)


NOBODY = Covered()


@dataclass(frozen=True, slots=True)
class Roster:
    """of_site, of_cover: by row; nowhere: whoever no point covers."""

    of_site: Mapping[int, Covered]
    of_cover: Mapping[int, Covered]
    nowhere: Covered


def covered(scope: Scope, made: int) -> Roster:
    """Return whom the points of a round cover, of its people in the scope; each is counted at one point or nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(COVERED, {"made": made, "area": scope.path})
        rows = [(cover, site, Covered(*counts)) for cover, site, *counts in cursor.fetchall()]
    of_site: dict[int, Covered] = {}
    for _cover, site, counts in rows:
        if site is not None:
            of_site[site] = of_site.get(site, NOBODY) + counts
    nowhere = sum((counts for _cover, site, counts in rows if site is None), NOBODY)
    return Roster(of_site, {cover: counts for cover, site, counts in rows if site is not None}, nowhere)
