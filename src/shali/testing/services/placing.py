"""People of units that a plan split among points: each goes to the point of the named place where he lives."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope, within
from shali.foundation.people.models import Person
from shali.testing.models import Cover, Expected
from shali.testing.queries.homes import addresses_of
from shali.testing.rules.covering import place_at

CHUNK = 2_000


def place_people(*, made: int) -> tuple[int, int]:
    """Look up where everybody of the split units of a round lives. Returns how many were placed, and how many not.

    Whoever lives at none of the named places goes with his unit. Doing it again changes nothing.
    """
    scope = system_scope("testing")
    with in_scope(scope):
        named: dict[str, dict[str, int]] = defaultdict(dict)
        for one in Cover.objects.filter(round_id=made).exclude(place=""):
            named[one.path][one.place] = one.pk
        units = dict(Unit.objects.filter(path__in=named).values_list("path", "name"))
        placed = others = 0
        for path, places in named.items():
            last = 0
            while rows := _next(made, path, last):
                last = rows[-1].pk
                here = _place(rows, places, units.get(path, ""))
                placed, others = placed + here, others + len(rows) - here
    return placed, others


def _next(made: int, path: str, after: int) -> Sequence[Expected]:
    rows = Expected.objects.filter(within(path), round_id=made, guest=False, pk__gt=after)
    return list(rows.only("id", "person_id", "cover_id").order_by("id")[:CHUNK])


def _place(rows: Sequence[Expected], places: Mapping[str, int], community: str) -> int:
    """Keep the place of each; return how many live at one that is named."""
    people = Person.objects.in_bulk([one.person_id for one in rows])
    addresses = addresses_of(system_scope("testing"), people.values())
    moved: dict[int | None, list[int]] = defaultdict(list)
    placed = 0
    for one in rows:
        found = places.get(place_at(addresses.get(one.person_id, ""), community, places))
        placed += found is not None
        if found != one.cover_id:
            moved[found].append(one.pk)
    for cover, these in moved.items():
        Expected.objects.filter(pk__in=these).update(cover_id=cover)
    return placed
