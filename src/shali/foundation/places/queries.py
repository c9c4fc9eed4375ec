from functools import lru_cache

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.places.gazetteer import Gazetteer, Place


def gazetteer(scope: Scope) -> Gazetteer:
    """Return the gazetteer of a scope's divisions; read once for each state of the tree."""
    newest = Unit.objects.filter(within(scope.path)).order_by("-id").values_list("id", flat=True).first() or 0
    return _gazetteer(scope.path, newest)


@lru_cache(maxsize=8)
def _gazetteer(path: str, newest: int) -> Gazetteer:
    found = Unit.objects.filter(within(path), level__lte=4).values_list("code", "name", "level")
    return Gazetteer(Place(code, name, level) for code, name, level in found)
