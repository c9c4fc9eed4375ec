"""The other ways to the same answer, each from plain visits to plain contacts."""

import numpy as np
import pyarrow as pa

from shali.engines.rings import Batch, Store, Windows, contacts_expression, find_contacts
from shali.engines.rings.model import UNKNOWN_SEAT

from .reference import Contact


def batch(visits) -> Batch:
    seats = [UNKNOWN_SEAT if one.seat is None else one.seat for one in visits]
    return Batch(
        pa.array([one.person for one in visits], pa.string()),
        pa.array([one.place for one in visits], pa.string()),
        np.array([one.enter for one in visits], np.int32),
        np.array([one.leave for one in visits], np.int32),
        np.array(seats, np.int16) if any(one.seat is not None for one in visits) else None,
    )


def store_of(folder, *segments) -> Store:
    store = Store(folder)
    for visits in segments:
        store.append([batch(visits)])
    return store


def windows_in(store, windows) -> Windows:
    known = [(code, *one[1:]) for one, code in zip(windows, store.people.find([w[0] for w in windows]), strict=True)]
    known = [one for one in known if one[0] is not None]
    columns = [np.array([one[i] for one in known], np.int32) for i in range(3)]
    return Windows(*columns)


def by_store(store, windows, thresholds, *, order, until=10**9) -> list[Contact]:
    found = find_contacts(store, windows_in(store, windows), thresholds, order=order, until=until)
    people = store.people.known.to_pylist() if len(store) else []
    places = store.places.known.to_pylist() if len(store) else []
    rows = [
        Contact(
            int(found.order[i]),
            people[found.source[i]],
            people[found.target[i]],
            people[found.through[i]] if found.through[i] >= 0 else None,
            int(found.seconds[i]),
            int(found.first[i]),
            int(found.last[i]),
            tuple(sorted(places[p] for p in found.place[found.places[i] : found.places[i + 1]])),
        )
        for i in range(len(found))
    ]
    return sorted(rows, key=str)


def by_expression(backend, visits, windows, thresholds, *, order, until=10**9) -> list[Contact]:
    """Let a backend of Ibis, DuckDB or Spark, evaluate the expression on tables of its own."""
    backend.create_table("visits", visit_table(visits), overwrite=True)
    backend.create_table("cases", _table(windows, CASE_SCHEMA), overwrite=True)
    asked = contacts_expression(backend.table("visits"), backend.table("cases"), thresholds, order=order, until=until)
    rows = backend.to_pyarrow(asked).to_pylist()
    cases = {window[0] for window in windows}
    assert all(row["target_is_case"] == (row["target"] in cases) for row in rows)
    found = [
        Contact(
            *(row[name] for name in ("order", "source", "target", "through", "seconds", "first", "last")),
            tuple(sorted(row["places"])),
        )
        for row in rows
    ]
    return sorted(found, key=str)


VISIT_SCHEMA = pa.schema(
    [
        ("person", pa.string()),
        ("place", pa.string()),
        ("enter", pa.int64()),
        ("leave", pa.int64()),
        ("seat", pa.int32()),
    ]
)
CASE_SCHEMA = pa.schema([("person", pa.string()), ("start", pa.int64()), ("end", pa.int64())])


def visit_table(visits) -> pa.Table:
    return _table(visits, VISIT_SCHEMA)


def _table(rows, schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in schema]
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
