"""How much a file may cost before it is refused."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reading. The child process is killed at the hard ones, and the file refused at the others."""

    file_bytes: int = 300 * MEGABYTE
    unpacked_bytes: int = 4096 * MEGABYTE
    archive_entries: int = 5_000
    # A sheet of one repeated letter packs 1000:1; real lists pack 5:1 to 30:1.
    packing: int = 250
    packing_from_bytes: int = 40 * MEGABYTE
    shared_text_bytes: int = 512 * MEGABYTE
    cell_characters: int = 200_000
    rows: int = 1_500_000
    columns: int = 2_000
    memory_bytes: int = 1024 * MEGABYTE
    cpu_seconds: int = 600
    wall_seconds: int = 900


# The largest row number that a format can hold; a file that reaches it was probably cut there.
FORMAT_ROWS = {"xls": 65_536, "xlsx": 1_048_576}
