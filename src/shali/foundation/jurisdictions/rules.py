"""What holds for places in the tree of units."""


def lies_in(path: str, area: str) -> bool:
    """Say whether a path is that of an area or of something below it; `scope.within` asks a table the same."""
    return path == area or path.startswith(area + ".")
