"""Of which units a round is. Pure."""

from collections.abc import Iterable

from shali.foundation.jurisdictions.rules import lies_in


def is_of(path: str, areas: Iterable[str]) -> bool:
    """Say whether a place is of a round: within one of its units."""
    return any(lies_in(path, area) for area in areas)
