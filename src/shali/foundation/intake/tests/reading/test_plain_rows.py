"""Rows that are told by a pattern are the rows that the parser alone would have said, whatever stands between them."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from shali.foundation.intake.reading import UnreadableFile, worksheet
from shali.foundation.intake.reading.limits import Limits
from shali.foundation.intake.reading.plain_rows import runs
from shali.foundation.intake.reading.shared_texts import SharedTexts
from shali.foundation.intake.reading.worksheet import SheetReader

PROLOGS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
    '<?xml version="1.0" encoding="ISO-8859-1"?>',
    '<?xml version="1.0" encoding="gb18030"?>',
    "\ufeff",
    "",
    "<!-- a comment -->",
    '<!DOCTYPE worksheet [<!ENTITY a "b">]>',
)
CELLS = (
    '<c r="A{n}"><v>{n}</v></c>',
    '<c r="B{n}" s="1"><v>44000</v></c>',
    '<c r="B{n}" t="inlineStr"><is><t>例甲</t></is></c>',
    '<c r="C{n}" t="inlineStr"><is><t xml:space="preserve"> a_x000D_b </t></is></c>',
    '<c r="C{n}" t="inlineStr"><is><t>a&amp;b</t></is></c>',
    '<c r="D{n}" t="s"><v>0</v></c>',
    '<c r="D{n}" t="s"><v>9</v></c>',
    '<c r="E{n}" s="2"/>',
    '<c r="E{n}" t="str"><f>1+1</f><v>2</v></c>',
    '<c r="F{n}" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh sb="0" eb="1"><t>c</t></rPh></is></c>',
    '<c r="F{n}" t="inlineStr"><is><t>two\r\nlines</t></is></c>',
    '<c t="inlineStr"><is><t>no place</t></is></c>',
    '<c r="G{n}" t="b"><v>1</v></c>',
    '<c r="G{n}" t="e"><v>#N/A</v></c>',
    '<c r="H{n}"><v></v></c>',
    '<c r="ZZ{n}"><v>5</v></c>',
    '<c r="A{n}"><v>again</v></c>',
    '<c r="I{n}" r="I{n}"><v>twice</v></c>',
    '<c r="I{n}"><v>]]></v></c>',
    '<c r="I{n}"><v>\x01</v></c>',
)
ROWS = (
    '<row r="{n}">{cells}</row>',
    '<row r="{n}" spans="1:7" ht="14.25" customHeight="1">{cells}</row>',
    '<row r="{n}" hidden="1">{cells}</row>',
    '<row r="{n}" hidden="false">{cells}</row>',
    '<row r="{n}"/>',
    "<row>{cells}</row>",
    '<row r="1">{cells}</row>',
    '<row r="{n}">\n {cells}\n</row>\n',
    '<x:row r="{n}">{cells}</x:row>',
    '<!-- <row r="{n}">{cells}</row> -->',
    '<![CDATA[<row r="{n}">{cells}</row>]]>',
    '<?x <row r="{n}">{cells}</row> ?>',
    '<row r="{n}"><row r="{n}">{cells}</row></row>',
    '<t><row r="{n}">{cells}</row></t>',
    '<row r="{n}">{cells}',
    '<row r="{n}" a="1>2">{cells}</row>',
    "<row r='{n}'>{cells}</row>",
)
rows = st.lists(
    st.tuples(st.sampled_from((*ROWS[:2] * 8, *ROWS)), st.lists(st.sampled_from((*CELLS[:6] * 3, *CELLS)), max_size=4)),
    max_size=8,
)


class _Sheet:
    limits = Limits()

    def __init__(self, content: bytes, step: int) -> None:
        self._content, self._step = content, step

    def chunks(self, part: str) -> Iterator[bytes]:
        del part
        yield from (self._content[at : at + self._step] for at in range(0, len(self._content), self._step))


def _read(content: bytes, step: int) -> Any:
    texts = SharedTexts(Limits())
    texts.load(iter([b"<sst><si><t>shared</t></si></sst>"]))
    reader = SheetReader(
        archive=_Sheet(content, step),  # type: ignore[arg-type]  # all that a reader asks of an archive
        part="",
        texts=texts,
        date_styles=frozenset({1}),
        is_1904=False,
        name="x",
    )
    try:
        found = [(row.number, row.texts, row.kinds, row.hidden) for row in reader.rows()]
    except UnreadableFile as refused:
        return refused.code
    return found, reader.filled_rows


@example(PROLOGS[0], [(ROWS[0], list(CELLS[:3]))] * 6, 4096)
@given(st.sampled_from((PROLOGS[0],) * 6 + PROLOGS), rows, st.sampled_from((7, 100, 4096)))
def test_a_pattern_tells_what_the_parser_would(prolog: str, made: list[tuple[str, list[str]]], step: int) -> None:
    lines = [
        shape.format(n=number, cells="".join(cell.format(n=number) for cell in cells))
        for number, (shape, cells) in enumerate(made, 1)
    ]
    text = f'{prolog}<worksheet xmlns:x="y"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    content = text.encode("gb18030" if "gb18030" in prolog else "utf-8")

    by_pattern = _read(content, step)

    with patch.object(worksheet, "runs", lambda chunks: ((chunk, []) for chunk in chunks)):
        assert by_pattern == _read(content, step)


def test_most_rows_of_a_common_sheet_are_told_by_the_pattern() -> None:
    lines = "".join(ROWS[0].format(n=n, cells="".join(CELLS[0:3:2]).format(n=n)) for n in range(1, 500))
    content = f"{PROLOGS[0]}<worksheet><sheetData>{lines}</sheetData></worksheet>".encode()

    told = sum(len(plain) for _, plain in runs(_Sheet(content, 4096).chunks("")))

    assert told == 498  # the first stands behind the sheet's head
