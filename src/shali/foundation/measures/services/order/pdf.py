"""The order as PDF. Words reach the page as data: nothing that a name holds is read as markup."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from shali.foundation.measures.services.order.text import OrderText

MADE = datetime(2000, 1, 1, tzinfo=UTC)  # the same order is the same document, whenever it is made
PAGE = """
#let order = json(bytes(sys.inputs.order))
#set document(title: order.title, author: order.body, date: none)
#set page(paper: "a4", margin: (top: 3.2cm, bottom: 2.8cm, left: 2.8cm, right: 2.6cm))
#set text(font: "Noto Sans CJK SC", lang: "zh", region: "cn", size: 13pt)
#set par(leading: 0.9em, spacing: 1.1em, justify: true)
#align(center, text(size: 20pt, weight: "bold", fill: rgb("#c00000"), order.body))
#line(length: 100%, stroke: 1.2pt + rgb("#c00000"))
#v(0.6em)
#align(center, text(size: 18pt, weight: "bold", order.title))
#align(right, text(size: 10pt, order.number))
#order.addressee
#for words in order.paragraphs [#par(first-line-indent: (amount: 2em, all: true), words)]
#v(0.4em)
#table(columns: (3.2cm, 1fr), inset: 8pt, stroke: 0.5pt,
  ..order.terms.map(pair => (text(weight: "bold", pair.at(0)), pair.at(1))).flatten())
#v(1em)
#align(right)[#order.decider \\ #order.body \\ #order.day]
#v(1.2em)
#line(length: 100%, stroke: (dash: "dashed", thickness: 0.5pt))
#text(size: 9.5pt, order.receipt)
"""


def as_pdf(text: OrderText) -> bytes:
    """Return the order as PDF, with the fonts that came with the program."""
    # Imported here: the typesetter is large, and the web server starts without it.
    import manimgx_fonts_cjk  # type: ignore[import-untyped]  # one folder of fonts
    import typst

    fonts = Path(manimgx_fonts_cjk.__file__).parent
    made: bytes = typst.compile(  # type: ignore[call-overload]  # its types know no folder of fonts as text
        PAGE.encode(),
        format="pdf",
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        sys_inputs={"order": json.dumps(asdict(text), ensure_ascii=False)},
        timestamp=MADE,
    )
    return made
