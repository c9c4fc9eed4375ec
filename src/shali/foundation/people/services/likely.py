"""Who else of the register somebody may be: for people who are registered twice, as a guest at a sampling point is."""

from collections.abc import Sequence
from dataclasses import dataclass

from shali.foundation.people.bridge import decide
from shali.foundation.people.models import Person
from shali.foundation.people.services.identify import KeysOf, candidates_of, opened

MOST = 4


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody whom a person may be. reasons: codes of what speaks for it and against it."""

    person: int
    reasons: tuple[str, ...]


def likely(people: Sequence[int], *, most: int = MOST) -> dict[int, tuple[Likely, ...]]:
    """Return for each person the others whom he may be, the likeliest first; set-based, opened in memory only.

    Whoever has no address is looked for in the unit where he was enrolled. Runs under a scope that holds the city.
    """
    known = opened(sorted(set(people)))
    codes = dict(Person.objects.filter(pk__in=known).values_list("pk", "unit__code"))
    claims = {
        person: one.claim if one.claim.division else one.claim._replace(division=(codes.get(person) or "")[:12] or None)
        for person, one in known.items()
    }
    keys = KeysOf(list(claims.values()))
    found = dict(zip(claims, candidates_of(keys, places=range(len(claims))), strict=True))
    others = opened(sorted({other for person, several in found.items() for other in several if other != person}))
    return {
        person: tuple(
            Likely(one.key, one.reasons)
            for one in decide(
                claim, [others[key] for key in sorted(found[person]) if key in others and key != person]
            ).ranked
            if one.bits > 0
        )[:most]
        for person, claim in claims.items()
    }
