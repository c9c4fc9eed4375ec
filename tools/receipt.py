"""Show what reading costs and finds: `receipt.py hostile` (5,000 bad rows), `receipt.py million` (1,000,000 rows)."""

import csv
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import xlsxwriter

from shali.foundation.intake.reading import inspect_file
from shali.foundation.intake.tests.reading.hostile import (
    ENCODINGS,
    as_one,
    differences,
    sheets,
    to_text,
    to_xls,
    to_xlsx,
)
from shali.foundation.intake.tests.reading.workbooks import HEADINGS, id_number

SEED = 20220810
ROWS = 1_000_000


def hostile(folder: Path) -> int:
    """Read one hostile list in six forms and compare every row with its truth."""
    made = sheets(SEED, 5_000)
    forms = {"xlsx": to_xlsx, "xls": to_xls, **{code: partial(to_text, encoding=code) for code in ENCODINGS}}
    print(f"{'form':10} {'received':>8} {'taken':>6} {'rejected':>8} {'skipped':>7} {'wrong':>5} {'seconds':>7}")
    wrong = 0
    for form, write in forms.items():
        path = write(folder / f"list.{form}", made)
        begun = time.monotonic()
        read = inspect_file(path)
        seconds = time.monotonic() - begun
        found = differences(read, made if form in ("xlsx", "xls") else as_one(made))
        wrong += len(found)
        received = read.taken + read.rejected + read.skipped
        print(f"{form:10} {received:8} {read.taken:6} {read.rejected:8} {read.skipped:7} {len(found):5} {seconds:7.1f}")
        for line in found[:10]:
            print("   ", line)
    return wrong


def lines() -> Iterator[list[str]]:
    yield HEADINGS
    for serial in range(ROWS):
        born = f"19{40 + serial // 28_000 % 60:02d}{serial // 1000 % 12 + 1:02d}{serial // 12_000 % 28 + 1:02d}"
        yield [
            str(serial + 1),
            "例" + chr(0x4E00 + serial % 5_000),
            id_number(serial % 1000, born=born, area="411190"),
            f"140{serial:08d}",
            f"源汇区例子路{serial}号",
            "2022-08-05",
        ]


def million(folder: Path) -> int:
    """Read a million rows as a workbook and as text; tell seconds and the most memory that the child held."""
    with (folder / "million.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines())
    book = xlsxwriter.Workbook(str(folder / "million.xlsx"), {"constant_memory": True, "tmpdir": str(folder)})
    page = book.add_worksheet()
    for at, line in enumerate(lines()):
        for column, value in enumerate(line):
            page.write_string(at, column, value)
    book.close()
    wrong = 0
    for form in ("csv", "xlsx"):
        begun = time.monotonic()
        read = inspect_file(folder / f"million.{form}", keep=False)
        seconds = time.monotonic() - begun
        print(f"{form}: {read.taken:,} taken, {seconds:.0f} s, {read.peak_megabytes} MB")
        wrong += read.taken != ROWS
    return wrong


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        sys.exit(bool({"hostile": hostile, "million": million}[sys.argv[1]](Path(name))))
