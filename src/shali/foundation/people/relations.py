"""What a merge does to every row that points to a person.

Each room says it for its own tables when the application starts; a test asks Django for all relations to Person and
fails for one that nobody spoke for.
"""

from enum import Enum


class OnMerge(Enum):
    """REPOINT: the row belongs to the kept person now. LEAVE: it stays as history of the lost record.

    FOLD: the room itself joins what two people had, when it hears PersonsMerged, and parts it at PersonsUnmerged.
    """

    REPOINT = "repoint"
    LEAVE = "leave"
    FOLD = "fold"


_declared: dict[str, OnMerge] = {}


def declare(**relations: OnMerge) -> None:
    """Say what a merge does to relations, named `<app>__<Model>__<field>`."""
    _declared.update({name.replace("__", "."): what for name, what in relations.items()})


def declared() -> dict[str, OnMerge]:
    return dict(_declared)


declare(
    people__Person__merged_into=OnMerge.REPOINT,
    people__Document__person=OnMerge.REPOINT,
    people__Phone__person=OnMerge.REPOINT,
    people__Address__person=OnMerge.REPOINT,
    # Keys of both records lead to the kept one through `merged_into`.
    people__Key__person=OnMerge.LEAVE,
    people__Sight__person=OnMerge.FOLD,
    people__Merge__kept=OnMerge.LEAVE,
    people__Merge__lost=OnMerge.LEAVE,
)
