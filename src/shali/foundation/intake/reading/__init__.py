"""Reads the spreadsheets that really come, in a child process, and accounts for every row.

inspect_file(path) -> Inspection        the whole file with its counts and warnings
Reading(path).rows() -> RowRead ...     row by row, for files of any length
"""

from shali.foundation.intake.reading.limits import Limits
from shali.foundation.intake.reading.mapping import IGNORED, Mapping, SheetMapping
from shali.foundation.intake.reading.parent import Mark, Reading, RowRead, rows_said
from shali.foundation.intake.reading.refusals import UnreadableFile
from shali.foundation.intake.reading.report import Inspection, announced_of, as_json, inspect_file, row_json
from shali.foundation.intake.reading.visits import visit_columns

__all__ = [
    "IGNORED",
    "Inspection",
    "Limits",
    "Mapping",
    "Mark",
    "Reading",
    "RowRead",
    "SheetMapping",
    "UnreadableFile",
    "announced_of",
    "as_json",
    "inspect_file",
    "row_json",
    "rows_said",
    "visit_columns",
]
