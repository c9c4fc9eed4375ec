"""What splink is given: our folded columns and our blocking keys, ready made, so that none of it counts against it."""

import sys

import numpy as np
import polars as pl

from shali.engines.linkage.batch import blocking_columns, read_fields
from shali.engines.linkage.batch.pairs import MOST_ALIKE

sys.path.insert(0, str(__import__("pathlib").Path(__file__).parent))
from ours import CITY, FEBRL, read_both


def main(left_path: str, right_path: str, out_left: str, out_right: str, which: str) -> None:
    left, right = read_both(left_path, right_path)
    fields = read_fields(left, right, FEBRL if which == "febrl" else CITY)
    key = "rec_id" if which == "febrl" else "id"
    columns: list[dict[str, object]] = [{"unique_id": left[key]}, {"unique_id": right[key]}]
    for field in fields:
        for side, codes in enumerate((field.left, field.right)):
            for place, one in enumerate(codes):
                label = field.name.replace(" ", "_") + ("" if place == 0 else str(place + 1))
                columns[side][label] = field.values.gather(pl.Series(one).replace(-1, None))
                if field.kind == "name":
                    columns[side][label + "_sound"] = _null(field.derived("sound")[one], one >= 0)
    if which == "city" and "phone2" not in columns[0]:
        columns[0]["phone2"] = pl.Series([None] * len(left), dtype=pl.String)
    for number, (_, mine, theirs) in enumerate(blocking_columns(fields)):
        found, place, count = np.unique(theirs, return_inverse=True, return_counts=True)
        crowded = found[count > MOST_ALIKE]
        columns[0][f"k{number}"] = _null(mine, (mine != 0) & ~np.isin(mine, crowded))
        columns[1][f"k{number}"] = _null(theirs, (theirs != 0) & (count[place] <= MOST_ALIKE))
    pl.DataFrame(columns[0]).write_parquet(out_left)
    pl.DataFrame(columns[1]).write_parquet(out_right)


def _null(values, keep):
    return pl.Series(values.view(np.int64)).to_frame("v").select(pl.when(pl.Series(keep)).then(pl.col("v"))).to_series()


if __name__ == "__main__":
    main(*sys.argv[1:])
