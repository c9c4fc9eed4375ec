"""One run of ours, as a process of its own: files in, the likeliest partner of every row with its probability out."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from shali.engines.linkage.batch import Columns, blocking_columns, read_fields
from shali.engines.linkage.batch.keys import keys_of_side
from shali.engines.linkage.batch.link import Clear, Tables, link_tables
from shali.engines.linkage.batch.register import Sealed

Mark = Callable[[str], None]

CITY = Columns(
    name=[("name",)],
    birth=[("birth",)],
    document=[("number",)],
    phone=[("phone",), ("phone2",)],
    address=[("address",)],
)
FEBRL = Columns(
    name=[("given_name", "surname")],
    birth=[("date_of_birth",)],
    document=[("soc_sec_id",)],
    address=[("street_number", "address_1", "suburb", "postcode")],
)


def read_both(left_path: str, right_path: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    left, right = (
        pl.read_csv(path, infer_schema=False).with_columns(pl.when(pl.all() != "").then(pl.all()))
        for path in (left_path, right_path)
    )
    if "phone2" in right.columns and "phone2" not in left.columns:
        left = left.with_columns(phone2=pl.lit(None, dtype=pl.String))
    return left, right


def in_the_clear(left: pl.DataFrame, right: pl.DataFrame, which: str, mark: Mark) -> Tables:
    fields = read_fields(left, right, FEBRL if which == "febrl" else CITY)
    mark("fold")
    for _ in blocking_columns(fields):
        pass  # Splink is given its keys; what ours cost is counted apart, and kept by the fields.
    mark("keys")
    return Clear(fields)


def under_seal(left: pl.DataFrame, right: pl.DataFrame, folder: str, mark: Mark) -> Tables:
    """The list is folded here; of the register nothing is read but what `seal.py` left of it."""
    import seal

    fields = read_fields(left, right.head(0), CITY)
    mark("fold")
    for _ in keys_of_side(fields, "left"):
        pass
    register = seal.open_register(Path(folder), fields)
    mark("keys")
    return Sealed(fields, register)


def main(left_path: str, right_path: str, out: str, which: str, sealed: str = "") -> None:
    began = time.perf_counter()
    marks: list[tuple[str, float]] = []

    def mark(what: str, _share: float = 0.0) -> None:
        marks.append((what, time.perf_counter()))

    left, right = read_both(left_path, right_path)
    mark("read")
    tables = under_seal(left, right, sealed, mark) if sealed else in_the_clear(left, right, which, mark)
    used = time.process_time()
    links = link_tables(tables, progress=mark)
    used = time.process_time() - used
    mark("end")
    key = "rec_id" if which == "febrl" else "id"
    pl.DataFrame(
        {
            "left": left[key],
            "right": right[key].gather(links.right.clip(min=0)),
            "score": links.score,
        }
    ).filter(pl.Series(links.right >= 0)).write_parquet(out)
    at = [moment for _, moment in marks]
    steps = {
        "read": at[0] - began,
        "fold": at[1] - at[0],
        "keys": at[2] - at[1],
        "candidates": at[4] - at[3],
        "learn and compare": at[-1] - at[4],
    }
    matching = steps["candidates"] + steps["learn and compare"]
    print(
        json.dumps(
            {
                "seconds": matching,
                "processor": used,
                "whole": time.perf_counter() - began,
                "pairs": links.pairs,
                "listed": links.listed,
                "steps": steps,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
