from shali.engines.rings.reading.cases import Case, Clock, Rule, read_cases
from shali.engines.rings.reading.durations import NotASpan, read_span
from shali.engines.rings.reading.problems import KEPT, LEFT_OUT, CannotRead, Kind, Problems
from shali.engines.rings.reading.tables import fingerprint, open_table
from shali.engines.rings.reading.visits import VisitFile

__all__ = [
    "KEPT",
    "LEFT_OUT",
    "CannotRead",
    "Case",
    "Clock",
    "Kind",
    "NotASpan",
    "Problems",
    "Rule",
    "VisitFile",
    "fingerprint",
    "open_table",
    "read_cases",
    "read_span",
]
