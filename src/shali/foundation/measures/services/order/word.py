"""The order as a Word document, made by code: no template that nobody can review."""

from datetime import UTC, datetime
from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from shali.foundation.measures.services.order.text import OrderText

BODY_FONT, HEAD_FONT = "仿宋", "黑体"
LINE = Pt(28)  # of GB/T 9704
MADE = datetime(2000, 1, 1, tzinfo=UTC)  # the same order is the same document, whenever it is made


def as_word(text: OrderText) -> bytes:
    """Return the order as .docx."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Cm(3.7), Cm(3.5), Cm(2.8), Cm(2.6)
    document.core_properties.created = document.core_properties.modified = MADE
    document.core_properties.author, document.core_properties.title = text.body, text.title
    _line(document.add_paragraph(), text.body, size=22, font=HEAD_FONT, align=WD_ALIGN_PARAGRAPH.CENTER, red=True)
    _line(document.add_paragraph(), text.title, size=20, font=HEAD_FONT, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document.add_paragraph(), text.number, align=WD_ALIGN_PARAGRAPH.RIGHT, size=12)
    _line(document.add_paragraph(), text.addressee)
    for one in text.paragraphs:
        _line(document.add_paragraph(), one, indent=True)
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in text.terms:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Cm(3.6), Cm(12.0)
        _line(cells[0].paragraphs[0], name, size=14, font=HEAD_FONT)
        _line(cells[1].paragraphs[0], value, size=14)
    _line(document.add_paragraph(), "")
    for one in (text.decider, text.body, text.day):
        _line(document.add_paragraph(), one, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(document.add_paragraph(), text.receipt, size=12)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _line(
    paragraph: Paragraph,
    words: str,
    *,
    size: int = 16,
    font: str = BODY_FONT,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    indent: bool = False,
    red: bool = False,
) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.name = Pt(size), "Times New Roman"
    # Without this attribute Word takes the Latin font for Chinese.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if red:
        run.font.color.rgb = RGBColor(0xC0, 0x00, 0x00)
    paragraph.alignment = align
    paragraph.paragraph_format.line_spacing, paragraph.paragraph_format.space_after = LINE, Pt(0)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
