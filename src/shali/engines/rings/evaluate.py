"""The expression evaluated here, on visits that were read from anybody's files."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shali.engines.rings.answer import present
from shali.engines.rings.expression import contacts_expression
from shali.engines.rings.model import UNKNOWN_SEAT, Thresholds
from shali.engines.rings.store import Batch, CannotStore


class CleanedVisits:
    """A parquet file of visits as the expression wants them: person, place, enter, leave, seat, in seconds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.latest: int | None = None
        self._writer: pq.ParquetWriter | None = None

    def add(self, batches: Iterable[Batch]) -> int:
        """Write visits; return how many."""
        many = 0
        for batch in batches:
            if not len(batch.enter):
                continue
            many += len(batch.enter)
            last = int(batch.leave.max())
            self.latest = last if self.latest is None else max(last, self.latest)
            table = _table(batch)
            if self._writer is None:
                self._writer = pq.ParquetWriter(self.path, table.schema, compression="lz4")
            try:
                self._writer.write_table(table.cast(self._writer.schema))
            except pa.ArrowInvalid as error:
                raise CannotStore(f"The files name people or places in different ways: {error}.") from None
        return many

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    @property
    def schema(self) -> pa.Schema:
        return pq.read_schema(self.path)

    def among(self, names: Sequence[int | str]) -> set[int | str]:
        """Return those of some people who are in any visit."""
        import ibis

        kind = self.schema.field("person").type
        wanted = {as_named(name, kind): name for name in names}
        seen = ibis.duckdb.connect().read_parquet(self.path)
        found = seen.filter(seen.person.isin([one for one in wanted if one is not None])).select("person").distinct()
        return {wanted[one] for one in found.to_pyarrow()["person"].to_pylist()}


def answer_by_duckdb(
    visits: CleanedVisits,
    cases: Sequence[tuple[int | str, int, int]],
    thresholds: Thresholds,
    *,
    order: int,
    until: int,
    clock: str,
    zone: str,
) -> pa.Table:
    """Return what `answer.from_store` returns, by one expression on DuckDB. cases: person, start, end."""
    import ibis

    person = visits.schema.field("person").type
    known = [(one, start, end) for name, start, end in cases if (one := as_named(name, person)) is not None]
    columns = list(zip(*known, strict=True)) if known else [(), (), ()]
    kinds = {"person": person, "start": pa.int64(), "end": pa.int64()}
    table = pa.table({n: pa.array(c, kind) for (n, kind), c in zip(kinds.items(), columns, strict=True)})
    backend = ibis.duckdb.connect()
    seen = backend.read_parquet(visits.path, table_name="visits")
    asked = contacts_expression(seen, backend.create_table("cases", table), thresholds, order=order, until=until)
    found = backend.to_pyarrow(asked)
    return present({name: found[name].combine_chunks() for name in found.column_names}, clock=clock, zone=zone)


def as_named(name: int | str, kind: pa.DataType) -> int | str | None:
    """Return a person's name as the visits write it, None where they cannot."""
    if not pa.types.is_integer(kind):
        return str(name)
    try:
        return int(name)
    except ValueError:
        return None


def _table(batch: Batch) -> pa.Table:
    seat = pa.nulls(len(batch.enter), pa.int16())
    if batch.seat is not None:
        seat = pa.array(batch.seat, mask=batch.seat == UNKNOWN_SEAT)
    names = {
        what: column if pa.types.is_integer(column.type) else column.cast(pa.string())
        for what, column in (("person", batch.person), ("place", batch.place))
    }
    seconds = {"enter": pa.array(batch.enter, pa.int64()), "leave": pa.array(batch.leave, pa.int64())}
    return pa.table({**names, **seconds, "seat": seat})
