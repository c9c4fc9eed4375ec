"""Walks over a sheet, finds the tables in it, and says of every row what it is."""

from collections.abc import Iterator

from shali.foundation.intake.reading.announced import is_total, number_in, number_of_total
from shali.foundation.intake.reading.columns import (
    Column,
    Layout,
    is_header,
    is_subheader,
    layout_without_header,
    layouts_of,
)
from shali.foundation.intake.reading.days import year_in
from shali.foundation.intake.reading.documents import Document
from shali.foundation.intake.reading.findings import Ahead, Announcement, SheetNotes, Table, Verdict
from shali.foundation.intake.reading.headings import field_of
from shali.foundation.intake.reading.judge import Judge
from shali.foundation.intake.reading.lines import (
    cut,
    is_count,
    is_example,
    is_foreign,
    is_group_row,
    is_note,
    is_person,
    is_signature,
    plain,
    until_next_table,
    year_of,
)
from shali.foundation.intake.reading.mapping import Mapping, SheetMapping
from shali.foundation.intake.reading.records import RawRow, RawSheet
from shali.foundation.intake.reading.text import is_blank, narrow

SAMPLE = 200  # rows below a heading whose content is looked at before the columns are settled
GAP = 10_000  # rows that a file leaves out and that are still counted as blank ones


class SheetWalk:
    def __init__(self, sheet: RawSheet, *, mapping: Mapping, year: int | None) -> None:
        self.sheet = sheet
        self.notes = SheetNotes(year=mapping.year or year)
        self._mapping = mapping
        self._said = mapping.sheets.get(sheet.name)
        self._open: list[Table] = []
        self._before: list[RawRow] = []  # lines above the next heading: title, covering line, notes
        self._merged_below: dict[tuple[int, int], tuple[int, int]] = {}
        self._anchors: dict[tuple[int, int], str] = {}
        for merge in sheet.merges:
            # A value spans rows; a title that spans columns needs nothing.
            if merge.last_row > merge.first_row and (merge.last_row - merge.first_row) < 2_000:
                for row in range(merge.first_row + 1, merge.last_row + 1):
                    self._merged_below[(row, merge.first_column)] = (merge.first_row, merge.first_column)
        self._is_anchor = set(self._merged_below.values())

    def verdicts(self) -> Iterator[Verdict]:
        rows = Ahead(self._numbered())
        if self._said:
            self._open = [self._given_table(self._said)]
        while (row := rows.next()) is not None:
            if not self._open and not self._said and not is_header(row.texts):
                yield from self._seek(row, rows)
            elif not self._said and self._starts_table(row):
                yield from self._open_tables(row, rows)
            else:
                yield from self._read(row)
        yield from self._flush("note" if self._open else "other_table")

    def _numbered(self) -> Iterator[RawRow]:
        """Yield the rows with the blank ones that the file leaves out between them."""
        last = 0
        for row in self.sheet.rows():
            if row.number - last - 1 > GAP:
                self.notes.far_cell = row.number
            else:
                for missing in range(last + 1, row.number):
                    yield RawRow(missing, [])
            if not any(row.texts):
                row.texts, row.kinds = [], {}
            elif self._merged_below:
                self._fill_merged(row)
            last = self.notes.last_row = row.number
            self.notes.hidden_rows += row.hidden and any(row.texts)
            yield row

    def _fill_merged(self, row: RawRow) -> None:
        for column in range(len(row.texts)):
            if (row.number, column) in self._is_anchor:
                self._anchors[(row.number, column)] = row.texts[column]
        for column in range(max(len(row.texts), 40)):
            anchor = self._merged_below.get((row.number, column))
            if anchor and (text := self._anchors.get(anchor)):
                row.texts.extend([""] * (column + 1 - len(row.texts)))
                if not row.texts[column]:
                    row.texts[column] = text
                    row.kinds[column] = "v"

    # Above the first table

    def _seek(self, row: RawRow, rows: Ahead) -> Iterator[Verdict]:
        """Hold lines until a heading comes; after many without one, ask the content."""
        self._before.append(row)
        ahead = rows.peek(SAMPLE)
        if any(is_header(later.texts) for later in ahead):
            return
        sample = [later for later in [*self._before, *ahead] if any(later.texts)]
        self._foreign = is_foreign(self._before, least=len(row.texts) // 2, so_far=self._foreign)
        self._officials |= any(field_of(text) == "official" for line in self._before for text in line.texts)
        layout = layout_without_header(sample)
        if layout is None:
            yield from self._flush("other_table")
            return
        layout_judge = self._judge(layout)
        if self._foreign and (self._officials or "id_number" not in layout.fields.values()):
            # Another trade's table, headed in its own words: a name and a telephone in it may be anybody's.
            yield from self._flush("other_table")
            return
        first = next((i for i, held in enumerate(self._before) if is_person(layout_judge, held)), None)
        if first is None:
            return
        held, self._before = self._before[first:], self._before[:first]
        yield from self._flush_title(len(self.notes.tables))
        self._add(Table(len(self.notes.tables), layout, [], layout_judge, first_row=held[0].number))
        for line in held:
            yield from self._read(line)

    def _flush(self, why: str) -> Iterator[Verdict]:
        for held in self._before:
            yield Verdict(held, 0, "blank" if not any(held.texts) else why)
        self._before = []

    def _flush_title(self, table: int) -> Iterator[Verdict]:
        """Let go of the lines above a heading: the first is its title, the others say something of the list."""
        for held in self._before:
            filled = [text for text in held.texts if text.strip()]
            if not filled:
                yield Verdict(held, table, "blank")
                continue
            line = " ".join(filled)
            where = "covering_line" if self._seen_title else "title"
            self._seen_title = True
            if (number := number_in(line)) is not None:
                self.notes.announcements.append(Announcement(where, number, table))
            self.notes.year = self.notes.year if self._mapping.year else year_in(line) or self.notes.year
            yield Verdict(held, table, where)
        self._before = []

    # Headings

    def _starts_table(self, row: RawRow) -> bool:
        return is_header(row.texts)

    def _open_tables(self, row: RawRow, rows: Ahead) -> Iterator[Verdict]:
        if self._open and [plain(row)] == self._headings_now():
            yield Verdict(row, 0, "header")  # the same heading again, as at the top of a printed page
            return
        header = [row]
        above = self._before[-1] if self._before else None
        if above is not None and is_group_row(above, row):
            header.insert(0, self._before.pop())
        while len(header) < 3 and (following := rows.peek(1)):
            below = following[0]
            if not any(below.texts) or not (is_header(below.texts) or is_subheader(below.texts, row.texts)):
                break
            header.append(below)
            rows.next()
        first = len(self.notes.tables)
        yield from self._flush_title(first)
        lines = [header[0].texts, header[-1].texts] if len(header) > 1 else [row.texts]
        sample = [later for later in rows.peek(SAMPLE) if any(later.texts)]
        self._open = []
        for layout in layouts_of(lines, until_next_table(sample), self._mapping):
            if layout.names_people:
                table = Table(
                    len(self.notes.tables), layout, [line.number for line in header], self._judge(layout, sample)
                )
                self._add(table)
        for line in header:
            yield Verdict(line, first, "header")
        self._header_text = plain(row)

    _header_text = ""
    _seen_title = False
    _foreign = False
    _officials = False

    def _headings_now(self) -> list[str]:
        return [self._header_text]

    def _add(self, table: Table) -> None:
        self.notes.tables.append(table)
        self._open.append(table)

    def _judge(self, layout: Layout, sample: list[RawRow] | None = None) -> Judge:
        return Judge(layout.fields, year=self.notes.year or year_of(layout, sample or []))

    def _given_table(self, said: SheetMapping) -> Table:
        width = max(said.columns, default=0) + 1
        columns = [Column(index, "", said.columns.get(index, ""), "given") for index in range(width)]
        layout = Layout(columns, 0, width - 1)
        table = Table(0, layout, list(said.header_rows), self._judge(layout))
        self.notes.tables.append(table)
        return table

    # Rows of a table

    def _read(self, row: RawRow) -> Iterator[Verdict]:
        if not any(row.texts):
            yield Verdict(row, 0, "blank")
            return
        if self._said and row.number <= max(self._said.header_rows, default=0):
            yield from self._above_given(row)
            return
        found = False
        for table in self._open:
            texts = row.texts if len(self._open) == 1 else cut(row.texts, table.layout)
            if not any(texts):
                continue
            document = table.judge.document_of(texts, row.kinds)
            why = self._kind_of(texts, row, table, document[0])
            if why in ("blank", "numbered_blank") and len(self._open) > 1:
                continue
            found = True
            if why:
                self._learn(why, texts, table)
                yield Verdict(row, table.number, why)
                continue
            table.first_row = table.first_row or row.number
            table.last_row = row.number
            table.received += 1
            yield Verdict(row, table.number, judged=table.judge.judge(texts, row.kinds, document))
        if not found:
            yield Verdict(row, 0, "note" if any(text.strip() for text in row.texts) else "blank")

    def _above_given(self, row: RawRow) -> Iterator[Verdict]:
        assert self._said is not None
        if row.number in self._said.header_rows:
            yield from self._flush_title(0)
            for column in self._open[0].layout.columns:
                column.heading = row.texts[column.index] if column.index < len(row.texts) else column.heading
            yield Verdict(row, 0, "header")
        else:
            self._before.append(row)

    def _kind_of(self, texts: list[str], row: RawRow, table: Table, document: Document | None) -> str:
        """Return why a row is no data row, '' when it is one. A whole number settles it."""
        filled = [(column, text) for column, text in enumerate(texts) if not is_blank(text)]
        if not filled:
            return "blank"
        first = filled[0][1]
        if table.layout.fields.get(filled[0][0]) in ("seq", None) and is_example(first):
            return "note"
        if document is not None and document.whole and not self._is_continuation(row, table):
            return ""
        fields = table.layout.fields
        if self._is_continuation(row, table):
            return "continuation"
        if is_total(first) or (len(filled) > 1 and fields.get(filled[0][0]) == "seq" and is_total(filled[1][1])):
            return "total"
        if all(fields.get(column) == "seq" for column, _ in filled) and all(is_count(text) for _, text in filled):
            return "numbered_blank"
        named = any(fields.get(column) in ("id_number", "phone") for column, _ in filled)
        if is_signature(first) and (len(filled) <= 4) and (document is None or len(filled) == 1):
            return "signature"
        if len(filled) == 1 and (not named or (is_note(first) and len(first) > 8)):
            return self._kind_of_single(filled[0], fields)
        if is_note(first) and len(first) > 8 and not named:
            return "note"
        return ""

    def _kind_of_single(self, cell: tuple[int, str], fields: dict[int, str]) -> str:
        """One filled cell: a name alone is a row to be asked about, any longer text is a note."""
        column, text = cell
        is_name = fields.get(column) == "name" and len(narrow(text)) <= 8 and not is_note(text)
        return "" if is_name else "note"

    def _is_continuation(self, row: RawRow, table: Table) -> bool:
        """Say whether name and number both come from merged cells above: the person goes on over several rows."""
        if not self._merged_below or "v" not in row.kinds.values():
            return False
        merged = {table.layout.fields.get(column) for column, kind in row.kinds.items() if kind == "v"}
        own = {
            table.layout.fields.get(column)
            for column, text in enumerate(row.texts)
            if text and row.kinds.get(column) != "v"
        }
        return bool(merged & {"name", "id_number"}) and not own & {"name", "id_number"}

    def _learn(self, why: str, texts: list[str], table: Table) -> None:
        if why == "total" and (number := number_of_total(texts)) is not None:
            self.notes.announcements.append(Announcement("total", number, table.number))
        elif why in ("note", "signature") and (number := number_in(" ".join(texts))) is not None:
            self.notes.announcements.append(Announcement("note", number, table.number))
