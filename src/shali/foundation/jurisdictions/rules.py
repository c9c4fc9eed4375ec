"""What holds for places in the tree of units."""


def lies_in(path: str, area: str) -> bool:
    """Say whether a path is that of an area or of something below it; `scope.within` asks a table the same."""
    return path == area or path.startswith(area + ".")


def above(path: str) -> list[str]:
    """Return the paths of everything above a unit and its own, the city's first."""
    parts = path.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
