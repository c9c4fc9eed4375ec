"""How a process that seals begins: before anything else is imported there, for models want their application first."""


def begin(parent: int) -> None:
    """Make a process of its own of the city's makers; it ends with its parent."""
    from shali.config.city import work

    work.begin(parent)
