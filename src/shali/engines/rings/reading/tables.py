"""Any parquet or CSV file as batches of columns, whatever its encoding and separator."""

import codecs
import gzip
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from shali.engines.rings.reading.problems import CannotRead

ENCODINGS = ("utf-8", "gb18030", "latin-1")
SEPARATORS = ",;\t|"
BATCH = 1 << 20
SAMPLE = 1 << 22
WHOLE = 1 << 26  # files up to this size are fingerprinted byte by byte

Refused = Callable[[int | None, str], None]


@dataclass(frozen=True)
class Table:
    """An open file. rows: how many it says it has, 0 where it does not say.

    batches: reads the columns asked for; rows of a CSV that have too few or too many cells go to the second argument.
    """

    path: Path
    headings: list[str]
    rows: int
    batches: Callable[[list[str], Refused], Iterator[pa.RecordBatch]]


def open_table(path: Path) -> Table:
    """Open a file of rows under headings.

    :raises CannotRead: it is not there, is empty, or is no such file
    """
    if not path.is_file():
        raise CannotRead(f"There is no file {path}.")
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise CannotRead(f"{path} is empty.")
    try:
        return _parquet(path) if head.startswith(b"PAR1") else _csv(path)
    except (pa.ArrowException, OSError, UnicodeError, EOFError) as error:
        raise CannotRead(f"{path} cannot be read: {_first_line(error)}. Give parquet, or CSV with headings.") from None


def fingerprint(path: Path) -> str:
    """Return what tells one file from another: all of a small one, the size and many pieces of a large one."""
    size, seen = path.stat().st_size, hashlib.blake2b(digest_size=16)
    seen.update(str(size).encode())
    with path.open("rb") as file:
        if size <= WHOLE:
            seen.update(file.read())
        else:
            for piece in range(65):
                file.seek(min(size * piece // 64, size - (1 << 16)))
                seen.update(file.read(1 << 16))
    return seen.hexdigest()


def _parquet(path: Path) -> Table:
    file = pq.ParquetFile(path, memory_map=True)

    def batches(columns: list[str], _refused: Refused) -> Iterator[pa.RecordBatch]:
        try:
            yield from file.iter_batches(BATCH, columns=columns)
        except (pa.ArrowException, OSError) as error:
            raise CannotRead(f"{path} cannot be read to its end: {_first_line(error)}.") from None

    headings = file.schema_arrow.names
    _once(path, headings)
    return Table(path, headings, file.metadata.num_rows, batches)


def _csv(path: Path) -> Table:
    packed = path.suffix == ".gz"
    with gzip.open(path) if packed else path.open("rb") as file:
        sample = file.read(SAMPLE)
    encoding = _encoding(sample)
    if b"\0" in sample and encoding != "utf-16":
        raise CannotRead(f"{path} is neither parquet nor text. Give parquet, or CSV with headings.")
    text = sample[: len(sample) // 2 * 2].decode(encoding, errors="ignore").lstrip("\ufeff")
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    headings = [cell.strip().strip('"').strip() for cell in first.strip("\r").split(separator)]
    _once(path, headings)

    def batches(columns: list[str], refused: Refused) -> Iterator[pa.RecordBatch]:
        def ragged(row: pyarrow.csv.InvalidRow) -> str:
            refused(None if row.number is None else row.number - 1, row.text)
            return "skip"

        reader = pyarrow.csv.open_csv(
            pa.CompressedInputStream(str(path), "gzip") if packed else str(path),
            read_options=pyarrow.csv.ReadOptions(
                column_names=headings, skip_rows=1, encoding=encoding, block_size=1 << 24
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=ragged
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), include_columns=columns, strings_can_be_null=False
            ),
        )
        try:
            yield from reader
        except (pa.ArrowException, UnicodeError) as error:
            raise CannotRead(f"{path} cannot be read to its end: {_first_line(error)}.") from None

    return Table(path, headings, 0, batches)


def _encoding(sample: bytes) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ENCODINGS:
        try:
            codecs.getincrementaldecoder(encoding)().decode(sample)
        except UnicodeDecodeError:
            continue
        return encoding
    raise AssertionError("latin-1 decodes everything")


def _once(path: Path, headings: list[str]) -> None:
    twice = sorted({one for one in headings if headings.count(one) > 1 and one})
    if twice:
        raise CannotRead(f'{path} has the column "{twice[0]}" more than once. Rename or remove one.')


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
