from shali.engines.linkage.batch.fields import Columns, Field, Kind, read_fields
from shali.engines.linkage.batch.keys import blocking_columns
from shali.engines.linkage.batch.link import Links, Thresholds, link

__all__ = [
    "Columns",
    "Field",
    "Kind",
    "Links",
    "Thresholds",
    "blocking_columns",
    "link",
    "read_fields",
]
