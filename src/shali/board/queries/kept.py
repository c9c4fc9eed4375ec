"""Figures of the city and of counties at the present hour, from the sums that writers keep by township."""

from datetime import datetime

from shali.board.queries.counted import ByLeaf, Figures, flows, standing
from shali.foundation.jurisdictions.scope import Scope


def kept(scope: Scope, path: str, at: datetime) -> ByLeaf:
    """Return the figures at the present hour for the units just below one; two queries, however many tasks there are.

    :raises NotInScope: the unit is not in the scope
    """
    found: dict[str, Figures] = {}
    for where, figures in [*standing(scope, path, at), *flows(scope, path, at)]:
        found.setdefault(where, Figures()).add(figures)
    return list(found.items())
