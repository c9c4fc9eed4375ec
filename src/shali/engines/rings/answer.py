"""The answer as a table under the names of the files, the same from both ways."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from shali.engines.rings.model import EPOCH, Contacts
from shali.engines.rings.store import Store

COLUMNS = (
    "source",
    "target",
    "order",
    "through",
    "overlap_minutes",
    "first_contact",
    "last_contact",
    "places",
    "target_is_case",
)


def from_store(store: Store, contacts: Contacts, cases: set[int], *, zone: str) -> pa.Table:
    """Return contacts found in a store, under their names. cases: codes of all people who are cases."""
    people = {what: store.people.named(getattr(contacts, what)) for what in ("source", "target")}
    in_second = pa.array(np.where(contacts.through < 0, 0, contacts.through), mask=contacts.through < 0)
    through = people["source"].take(pa.array([], pa.int32()))
    if store.people.known is not None:
        through = store.people.known.take(in_second)
    marked = np.zeros(len(store.people), dtype=bool)
    marked[list(cases)] = True
    is_case = marked[contacts.target]
    rows = {**people, "through": through, "order": contacts.order, "seconds": contacts.seconds}
    rows |= {"first": contacts.first, "last": contacts.last, "target_is_case": is_case}
    return present({**rows, "places": _places(store, contacts)}, clock=store.clock, zone=zone)


def present(rows: dict[str, object], *, clock: str, zone: str) -> pa.Table:
    """Return the table that is written, times in the form of the visits'.

    rows: source, target, through, order, seconds, first and last (seconds since `EPOCH`), places, target_is_case.
    """
    columns = {name: pa.array(one) if isinstance(one, np.ndarray) else one for name, one in rows.items()}
    return pa.table(
        {
            **{name: columns[name] for name in ("source", "target", "order", "through")},
            "overlap_minutes": pc.divide(pc.cast(columns["seconds"], pa.float64()), 60.0),
            "first_contact": moments(columns["first"], clock, zone),
            "last_contact": moments(columns["last"], clock, zone),
            "places": columns["places"],
            "target_is_case": columns["target_is_case"],
        }
    )


def for_csv(table: pa.Table) -> pa.Table:
    """Return the table with the places of a row as one text, with semicolons between."""
    at = table.schema.get_field_index("places")
    places = table["places"].combine_chunks()
    words = pa.ListArray.from_arrays(places.offsets, places.values.cast(pa.string()))
    for name in ("first_contact", "last_contact"):
        form = "%Y-%m-%d %H:%M:%S" + ("%z" if table.schema.field(name).type.tz else "")
        seconds = table[name].cast(pa.timestamp("s", table.schema.field(name).type.tz))
        table = table.set_column(table.schema.get_field_index(name), name, pc.strftime(seconds, form))
    return table.set_column(at, "places", pc.binary_join(words, ";"))


def moments(seconds: pa.Array, clock: str, zone: str) -> pa.Array:
    """Return seconds since `EPOCH` as times: with the zone where they are moments."""
    since_1970 = pc.multiply(pc.add(pc.cast(seconds, pa.int64()), EPOCH), 1_000_000)
    return since_1970.cast(pa.timestamp("us", tz=zone if clock == "instant" else None))


def _places(store: Store, contacts: Contacts) -> pa.Array:
    """Return the names of the places of each row, in the order of their names."""
    if not len(contacts.place):
        return pa.array([[] for _ in range(len(contacts))], pa.list_(pa.string()))
    used = np.zeros(len(store.places), dtype=bool)
    used[contacts.place] = True
    codes = np.flatnonzero(used).astype(np.int32)
    names = store.places.named(codes)
    order = pc.sort_indices(names).to_numpy()
    rank = np.empty(len(store.places), np.int32)
    rank[codes[order]] = np.arange(len(order), dtype=np.int32)
    ranks = rank[contacts.place]
    _sort_each(ranks, contacts.places)
    named = names.take(pa.array(order)).take(pa.array(ranks))
    named = named.cast(pa.string()) if pa.types.is_large_string(named.type) else named
    return pa.ListArray.from_arrays(pa.array(contacts.places.astype(np.int32)), named)


@njit(nogil=True, cache=True)
def _sort_each(values, ends):
    """Sort each of many short stretches."""
    for i in range(len(ends) - 1):
        for j in range(ends[i] + 1, ends[i + 1]):
            one, to = values[j], j
            while to > ends[i] and values[to - 1] > one:
                values[to] = values[to - 1]
                to -= 1
            values[to] = one
