from functools import lru_cache

from shali.foundation.jurisdictions.models import ChangeKind, Unit, UnitChange
from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.places.gazetteer import Gazetteer, Place


def gazetteer(scope: Scope) -> Gazetteer:
    """Return the gazetteer of a scope's divisions, by the names and parents that they have and had.

    Built once for each state of the tree; two queries say which state that is.
    """
    return _gazetteer(_places(scope.path))


@lru_cache(maxsize=8)
def _gazetteer(places: tuple[Place, ...]) -> Gazetteer:
    return Gazetteer(places)


def _places(path: str) -> tuple[Place, ...]:
    units = Unit.objects.filter(within(path), level__lte=4).values_list("code", "name", "level", "path", "closed_on")
    rows = [(Place(code, name, level, where), closed is None) for code, name, level, where, closed in units]
    here = [place for place, is_open in rows if is_open]
    return (*here, *_earlier(here, [place for place, is_open in rows if not is_open]))


def _earlier(here: list[Place], closed: list[Place]) -> list[Place]:
    """Return what papers still say: former names, former parents, and the heirs of what was closed."""
    made = UnitChange.objects.filter(applied_at__isnull=False, unit__level__lte=4).order_by("applied_at", "id")
    by_code = {place.code: place for place in here}
    heirs: dict[str, str] = {}
    found: list[Place] = []
    for kind, code, old_name, old_path, heir in made.values_list(
        "kind", "unit__code", "old_name", "old_path", "successor__code"
    ):
        place = by_code.get(code)
        if kind == ChangeKind.CLOSE:
            heirs[code] = heir
        elif kind == ChangeKind.RENAME and place is not None:
            found.append(Place(code, old_name, place.level, place.path))
        elif kind == ChangeKind.MOVE and place is not None:
            found += [
                Place(one.code, one.name, one.level, old_path + one.path.removeprefix(place.path))
                for one in here
                if lies_in(one.path, place.path)
            ]
    for place in closed:
        heir = heirs.get(place.code, "")
        while heir in heirs:
            heir = heirs[heir]
        if heir in by_code:
            found.append(Place(heir, place.name, place.level, place.path))
    return found
