"""Which column holds what: from its heading, from its content, or from what a person said before."""

import re
from dataclasses import dataclass, field

from shali.foundation.intake.reading.days import read_day
from shali.foundation.intake.reading.documents import read_document
from shali.foundation.intake.reading.headings import IDENTITY, bare, field_of, field_of_two, signature
from shali.foundation.intake.reading.mapping import IGNORED, Mapping
from shali.foundation.intake.reading.names import is_han
from shali.foundation.intake.reading.phones import read_phones
from shali.foundation.intake.reading.records import NUMBER, RawRow
from shali.foundation.intake.reading.text import column_letter, is_blank_word, squeeze

ENOUGH = 0.7  # share of a column's filled cells that must look alike before content decides
CONTRADICTED = 0.2
_LONG_NUMBER = re.compile(r"\d{6}")
_PLACE_SIGNS = ("省", "市", "县", "区", "镇", "乡", "街道", "村", "社区", "路", "号", "组", "楼")


@dataclass(slots=True)
class Column:
    """`how` is heading, content, remembered, given or none; `share` is how much of a sample agrees (0..1)."""

    index: int
    heading: str
    field: str
    how: str
    share: float = 1.0

    @property
    def letter(self) -> str:
        return column_letter(self.index)


@dataclass(slots=True)
class Layout:
    """One table: which columns it has. Tables side by side are layouts with different columns."""

    columns: list[Column]
    first_column: int
    last_column: int
    contradicted: list[Column] = field(default_factory=list)

    @property
    def fields(self) -> dict[int, str]:
        return {column.index: column.field for column in self.columns if column.field and column.field != IGNORED}

    @property
    def names_people(self) -> bool:
        found = set(self.fields.values())
        return "id_number" in found or "name" in found or "phone" in found

    @property
    def signature(self) -> str:
        return signature(column.heading for column in self.columns)


def is_header(texts: list[str]) -> bool:
    """Say whether a row is the heading of a table of people."""
    # Nearly every row holds a number of six digits somewhere, and no heading does.
    if _LONG_NUMBER.search("\x1f".join(texts)):
        return False
    filled = [text for text in texts if text and not text.isspace()]
    if not filled or len(max(filled, key=len)) > 60:
        return False
    fields = [field_of(text) for text in filled]
    known = {name for name in fields if name}
    if not known & IDENTITY:
        return False
    if any(_is_value(text) for text in filled):
        return False
    if len(filled) == 1:
        return known <= {"id_number"} and len(squeeze(filled[0])) <= 12
    hits = sum(bool(name) for name in fields)
    says_who = "name" in known and known & {"id_number", "phone"}
    return len(known) >= 2 and (hits * 2 >= len(filled) or bool(says_who))


def is_subheader(texts: list[str], upper: list[str]) -> bool:
    """Say whether a row goes on with the heading above it: words under its groups and nothing that is a value."""
    filled = [(column, text) for column, text in enumerate(texts) if text and not text.isspace()]
    if not filled or any(_is_value(text) or len(text) > 24 for _, text in filled):
        return False
    named = {column for column, text in enumerate(upper) if field_of(text) in ("name", "id_number")}
    under_identity = any(column in named and not field_of(text) for column, text in filled)
    hits = sum(bool(field_of(text)) for _, text in filled)
    return not under_identity and hits >= 1 and hits * 2 >= len(filled)


def _is_value(text: str) -> bool:
    digits = sum(sign.isdigit() for sign in text)
    return digits >= 6 or (digits > 0 and digits == len(text.strip()))


def headings_of(rows: list[list[str]]) -> list[tuple[str, str]]:
    """Return (upper, lower) heading of each column; a group's heading reaches over the columns that it spans."""
    width = max((len(row) for row in rows), default=0)
    lower = [_at(rows[-1], column) for column in range(width)]
    if len(rows) == 1:
        return [("", text) for text in lower]
    upper, carried = [], ""
    for column in range(width):
        here = _at(rows[0], column)
        if here:
            carried = here
        # Only a column with a heading of its own below lies under a group that began to its left.
        upper.append(here or (carried if lower[column] else ""))
    return list(zip(upper, lower, strict=True))


def _at(row: list[str], column: int) -> str:
    return squeeze(row[column]) if column < len(row) else ""


def layouts_of(header: list[list[str]], sample: list[RawRow], mapping: Mapping) -> list[Layout]:
    """Return the tables that a heading and the rows below it make."""
    pairs = headings_of(header)
    width = max([len(pairs), *(len(row.texts) for row in sample)], default=0)
    pairs += [("", "")] * (width - len(pairs))
    columns = []
    for index, (upper, lower) in enumerate(pairs):
        heading = f"{upper}/{lower}" if upper and lower and upper != lower else upper or lower
        name = field_of_two(upper if upper != lower else "", lower)
        columns.append(Column(index, heading, name, "heading" if name else "none"))
    layouts = []
    for first, last in _segments(columns):
        layout = Layout(columns[first : last + 1], first, last)
        if said := mapping.remembered.get(layout.signature):
            for column in layout.columns:
                column.field, column.how = said.get(column.index - first, ""), "remembered"
        else:
            _ask_content(layout, sample)
            _pair_names(layout)
        layouts.append(layout)
    return layouts


def _segments(columns: list[Column]) -> list[tuple[int, int]]:
    """Cut the columns where the same table begins again beside itself."""
    starts, seen = [0], set[str]()
    for at, column in enumerate(columns):
        begins = column.field in ("seq", "name") and column.field in seen
        if begins and (seen & {"id_number", "phone"}):
            again = {later.field for later in columns[at : at + len(seen) + 1]}
            if again & seen & {"id_number", "phone"}:
                starts.append(at)
                seen = set()
        if column.field:
            seen.add(column.field)
    ends = [start - 1 for start in starts[1:]] + [len(columns) - 1]
    return list(zip(starts, ends, strict=True))


def layout_without_header(sample: list[RawRow]) -> Layout | None:
    """Return the table that the rows make without any heading, None when they name nobody."""
    width = max((len(row.texts) for row in sample), default=0)
    layout = Layout([Column(index, "", "", "none") for index in range(width)], 0, max(width - 1, 0))
    _ask_content(layout, sample)
    found = set(layout.fields.values())
    return layout if "id_number" in found or {"name", "phone"} <= found else None


def _ask_content(layout: Layout, sample: list[RawRow]) -> None:
    """Give a field to columns without one, and take it from columns whose content says something else."""
    shares = {column.index: _shares(column.index, sample) for column in layout.columns}
    for column in layout.columns:
        if column.field in ("id_number", "name", "phone") and column.how == "heading":
            mine = shares[column.index]
            column.share = round(mine.get(column.field, 1.0), 2) if mine else 1.0
            other = max((name for name in mine if name in IDENTITY), key=lambda name: mine[name], default="")
            if mine and column.share < CONTRADICTED and mine.get(other, 0) >= ENOUGH:
                layout.contradicted.append(Column(column.index, column.heading, column.field, "heading", column.share))
                column.field, column.how, column.share = other, "content", round(mine[other], 2)
            elif mine and column.field == "id_number" and column.share < CONTRADICTED and mine.get("seq", 0) >= ENOUGH:
                column.field, column.how = "seq", "content"
    taken = {column.field for column in layout.columns}
    for wanted in ("id_number", "phone", "name", "visit_on", "address", "seq"):
        if wanted in taken or (wanted == "address" and any(name.startswith("address") for name in taken)):
            continue
        free = [column for column in layout.columns if not column.field and _may_be(wanted, column.heading)]
        best = max(free, key=lambda column: shares[column.index].get(wanted, 0), default=None)
        if best is not None and shares[best.index].get(wanted, 0) >= ENOUGH:
            best.field, best.how, best.share = wanted, "content", round(shares[best.index][wanted], 2)


def _pair_names(layout: Layout) -> None:
    """Keep of two columns of names the one whose heading begins as that of the number does."""
    names = [column for column in layout.columns if column.field == "name"]
    numbers = [column for column in layout.columns if column.field == "id_number"]
    if len(names) < 2 or len(numbers) != 1:
        return
    begins = bare(numbers[0].heading)[:2]
    fitting = [column for column in names if bare(column.heading)[:2] == begins]
    if len(fitting) == 1:
        for column in names:
            column.field = column.field if column is fitting[0] else IGNORED


def _may_be(wanted: str, heading: str) -> bool:
    """Say whether content may decide: names of goods and companies look like people's, and numbers like telephones."""
    if not heading or wanted not in IDENTITY or wanted == "id_number":
        return True
    return re.search(r"[人员者主]$|姓" if wanted == "name" else r"联络|号|call", bare(heading)) is not None


def _shares(column: int, sample: list[RawRow]) -> dict[str, float]:
    """Return for each field the share of the column's filled cells that look like it; {} for too few cells."""
    cells = [
        (text, row.kinds.get(column, ""))
        for row in sample
        if column < len(row.texts) and (text := row.texts[column]) and not is_blank_word(text)
    ]
    if len(cells) < 2:
        return {}
    counts = dict.fromkeys(("id_number", "phone", "name", "visit_on", "address", "seq"), 0)
    for text, kind in cells:
        if look := _look(text, kind):
            counts[look] += 1
    return {name: count / len(cells) for name, count in counts.items()}


def _look(text: str, kind: str) -> str:
    plain = squeeze(text)
    if kind == "d":
        return "visit_on"
    if len(plain) >= 15:
        found = read_document(text, is_number=kind == NUMBER)
        if found.whole or found.reason in ("id_number_lost_digits", "id_number_check_failed"):
            return "id_number"
    numbers, doubt = read_phones(text)
    if numbers and not doubt and len(plain) < 60 and sum(sign.isdigit() for sign in plain) * 2 >= len(plain):
        return "phone"
    if 9 <= len(plain) <= 14 and plain[0].isalpha() and plain.isascii() and read_document(text, is_number=False).whole:
        return "id_number"
    if plain.isdigit() and len(plain) <= 6:
        return "seq"
    if 6 <= len(plain) <= 25 and read_day(text, year=2000)[0]:
        return "visit_on"
    if is_han(plain) and 2 <= len(plain) <= 4 and all(is_han(sign) for sign in plain):
        return "name" if plain not in ("身份证", "居民身份证", "护照") else ""
    if len(plain) >= 5 and sum(sign in plain for sign in _PLACE_SIGNS) >= 2:
        return "address"
    return ""
