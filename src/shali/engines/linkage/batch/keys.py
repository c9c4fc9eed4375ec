"""The keys of a record: who shares one is worth comparing."""

from collections.abc import Container, Iterator

import numpy as np

from shali.engines.linkage.batch.fields import MIX, Field, Hashes, Kind

# Each key: (kind, what of it) pairs that must all be there. One record reaches another through any of them.
Key = tuple[tuple[Kind, str], ...]
KEYS: tuple[Key, ...] = (
    ((Kind.DOCUMENT, "value"),),
    ((Kind.DOCUMENT, "cut"), (Kind.NAME, "first")),
    ((Kind.DOCUMENT, "tail12"),),
    ((Kind.DOCUMENT, "head+tail"), (Kind.NAME, "sound")),
    ((Kind.DOCUMENT, "last4"), (Kind.NAME, "value")),
    ((Kind.PHONE, "value"),),
    ((Kind.PHONE, "last7"), (Kind.NAME, "first")),
    ((Kind.NAME, "sound"), (Kind.BIRTH, "value")),
    ((Kind.NAME, "value"), (Kind.ADDRESS, "numbers")),
    ((Kind.NAME, "sound"), (Kind.ADDRESS, "value")),
    ((Kind.NAME, "letters"), (Kind.BIRTH, "value")),
    ((Kind.BIRTH, "value"), (Kind.ADDRESS, "numbers")),
    ((Kind.NAME, "value"), (Kind.BIRTH, "month+day")),
    ((Kind.NAME, "value"), (Kind.PHONE, "first7")),
    ((Kind.NAME, "value"),),
    ((Kind.BIRTH, "value"), (Kind.NAME, "first")),
    ((Kind.ADDRESS, "value"),),
    ((Kind.NAME, "value"), (Kind.ADDRESS, "longest")),
)
# Where there are no names, a cut number must do by itself; with names it would bring in whoever was born that day.
NAMELESS: tuple[Key, ...] = (((Kind.DOCUMENT, "cut"),),)


# How numbers and names say together that it is he: the number itself, and beside it the name or its sound.
NUMBER = 0
NUMBER_AND_NAME = (3, 4)


def blocking_columns(fields: list[Field]) -> Iterator[tuple[str, Hashes, Hashes]]:
    """Yield the name of each key and its value in every record of either table; 0 where a record has none."""
    for _, label, left, right in numbered_columns(fields):
        yield label, left, right


def numbered_columns(
    fields: list[Field], *, only: Container[int] | None = None
) -> Iterator[tuple[int, str, Hashes, Hashes]]:
    """Yield the same with each key's number; only: numbers of the keys asked for.

    A record with two telephones has the key twice, once for each.
    """
    for number, key, by_kind in _keys_of(fields, only):
        label = "+".join(f"{kind}:{what}" for kind, what in key)
        several = _several(key, by_kind, "left", "right")
        first = by_kind[several][0] if several else None
        places = [(i, j) for i in range(len(first.left)) for j in range(len(first.right))] if first else [(0, 0)]
        parts: list[tuple[int | None, int | None]] = [(None, None)]
        alone = _parts_alone(key, by_kind)
        parts += [(i, j) for i in alone for j in alone]
        for i, j in places:
            for mine, theirs in parts:
                left, right = _side("left", key, by_kind, i, mine), _side("right", key, by_kind, j, theirs)
                yield number, f"{label}#{i}{j}/{mine}{theirs}", left, right


def keys_of_side(fields: list[Field], side: str, *, only: Container[int] | None = None) -> Iterator[tuple[int, Hashes]]:
    """Yield the keys of one table alone; a key comes several times where a record may have several values for it."""
    for number, key, by_kind in _keys_of(fields, only):
        several = _several(key, by_kind, side)
        many = len(getattr(by_kind[several][0], side)) if several else 1
        for place in range(many):
            for part in (None, *_parts_alone(key, by_kind)):
                yield number, _side(side, key, by_kind, place, part)


def _keys_of(fields: list[Field], only: Container[int] | None) -> Iterator[tuple[int, Key, dict[Kind, list[Field]]]]:
    by_kind: dict[Kind, list[Field]] = {}
    for one in fields:
        by_kind.setdefault(one.kind, []).append(one)
    for number, key in enumerate(KEYS if Kind.NAME in by_kind else KEYS + NAMELESS):
        if all(kind in by_kind for kind, _ in key) and (only is None or number in only):
            yield number, key, by_kind


def _several(key: Key, by_kind: dict[Kind, list[Field]], *sides: str) -> Kind | None:
    """Return the first kind of a key of which a record may have several values."""
    return next((k for k, _ in key if any(len(getattr(f, side)) > 1 for f in by_kind[k] for side in sides)), None)


def _parts_alone(key: Key, by_kind: dict[Kind, list[Field]]) -> range:
    """A name in parts gives them together, in either order; with something else beside it each part alone too."""
    names = len(by_kind.get(Kind.NAME, []))
    return range(names if names > 1 and len(key) > 1 and any(kind is Kind.NAME for kind, _ in key) else 0)


def _side(side: str, key: Key, by_kind: dict[Kind, list[Field]], place: int, part: int | None) -> Hashes:
    found = []
    for kind, what in key:
        fields = by_kind[kind] if part is None or kind is not Kind.NAME else [by_kind[kind][part]]
        found.append(_together([_hashes(one, what, side, place) for one in fields]))
    return _mixed(found)


def _hashes(field: Field, what: str, side: str, place: int) -> Hashes:
    codes = field.left if side == "left" else field.right
    codes = codes[min(place, len(codes) - 1)]
    said = codes >= 0
    if said.all():
        return field.derived(what)[codes[0] : codes[0] + len(codes)]
    return np.where(said, field.derived(what)[codes], np.uint64(0))


def _together(hashes: list[Hashes]) -> Hashes:
    """Parts of a name in either order: given name and surname change places in the best of lists."""
    if len(hashes) == 1:
        return hashes[0]
    every = np.logical_and.reduce([one != 0 for one in hashes])
    return np.where(every, np.add.reduce(hashes), np.uint64(0))


def _mixed(hashes: list[Hashes]) -> Hashes:
    mixed = hashes[0]
    for number, other in enumerate(hashes[1:]):
        both = (mixed != 0) & (other != 0)
        mixed = np.where(both, (mixed * MIX[number % 3]) ^ (other + (mixed >> np.uint64(29))), np.uint64(0))
    return mixed
