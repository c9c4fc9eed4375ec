"""What a merge does to every row that points to a person.

Each room says it for its own tables when the application starts; a test asks Django for all relations to Person and
fails for one that nobody spoke for.
"""

from collections.abc import Mapping
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class OnMerge(Enum):
    """REPOINT: the row belongs to the kept person now. LEAVE: it stays as history of the lost record.

    FOLD: the room itself joins what two people had, when it hears PersonsMerged, and parts it at PersonsUnmerged.
    """

    REPOINT = "repoint"
    LEAVE = "leave"
    FOLD = "fold"


_declared: dict[str, OnMerge] = {}
_built: dict[str, Promise] = {}


def declare(**relations: OnMerge) -> None:
    """Say what a merge does to relations, named `<app>__<Model>__<field>`."""
    _declared.update({name.replace("__", "."): what for name, what in relations.items()})


def declared() -> dict[str, OnMerge]:
    return dict(_declared)


def builds(**relations: Promise) -> None:
    """Name relations, `<app>__<Model>__<field>`, that stand on a person, with the word for such rows (before a colon).

    While there is one, the import that enrolled the person is not undone.
    """
    _built.update({name.replace("__", "."): word for name, word in relations.items()})


def built() -> Mapping[str, Promise]:
    return dict(_built)


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
builds(people__Merge__kept=_("records joined to them"), people__Merge__lost=_("records of theirs joined to others"))
