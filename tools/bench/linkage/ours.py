"""One run of ours, as a process of its own: files in, the likeliest partner of every row with its probability out."""

import json
import sys
import time

import polars as pl

from shali.engines.linkage.batch import Columns, blocking_columns, link, read_fields

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


def main(left_path: str, right_path: str, out: str, which: str) -> None:
    began = time.perf_counter()
    left, right = read_both(left_path, right_path)
    marks = [("read", time.perf_counter())]
    fields = read_fields(left, right, FEBRL if which == "febrl" else CITY)
    marks.append(("fold", time.perf_counter()))
    for _ in blocking_columns(fields):
        pass  # Splink is given its keys; what ours cost is counted apart, and kept by the fields.
    marks.append(("keys", time.perf_counter()))
    links = link(fields, progress=lambda what, _share: marks.append((what, time.perf_counter())))
    marks.append(("end", time.perf_counter()))
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
                "whole": time.perf_counter() - began,
                "pairs": links.pairs,
                "listed": links.listed,
                "steps": steps,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
