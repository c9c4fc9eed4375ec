"""The chain as a picture to put into a report."""

import json
from html import escape
from pathlib import Path

from shali.tracing.web.draw import BOX, HIGH, Drawing

PAGE = """
#set page(width: auto, height: auto, margin: 8pt)
#set text(font: "Noto Sans CJK SC", lang: "zh", region: "cn")
#image(bytes(json(bytes(sys.inputs.drawing))), format: "svg")
"""


def chain_png(drawing: Drawing) -> bytes:
    """Return the drawing as PNG, at two pixels a unit; numbers of cases and days, no name."""
    # Imported here: the typesetter is large, and the web server starts without it.
    import manimgx_fonts_cjk  # type: ignore[import-untyped]  # one folder of fonts
    import typst

    fonts = Path(manimgx_fonts_cjk.__file__).parent
    made: bytes = typst.compile(  # type: ignore[call-overload]  # its types know no folder of fonts as text
        PAGE.encode(),
        format="png",
        ppi=144.0,
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        sys_inputs={"drawing": json.dumps(as_svg(drawing), ensure_ascii=False)},
    )
    return made


def as_svg(drawing: Drawing) -> str:
    """Return the drawing as an SVG of its own, with its colours in it."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width} {drawing.height}" '
        f'width="{drawing.width}" height="{drawing.height}" font-family="Noto Sans CJK SC" font-size="14">',
        f'<rect width="{drawing.width}" height="{drawing.height}" fill="#fff"/>',
    ]
    for lane in drawing.lanes:
        if not lane.is_odd:
            parts.append(f'<rect y="{lane.y}" width="{drawing.width}" height="{lane.height}" fill="#f1f4f3"/>')
        parts.append(f'<text x="18" y="{lane.y + 22}" font-weight="700">{escape(lane.title)}</text>')
    for tick in drawing.ticks:
        parts.append(f'<path d="M{tick.x:.0f} 40V{drawing.height}" stroke="#d8dedc"/>')
        parts.append(f'<text x="{tick.x:.0f}" y="28" text-anchor="middle">{escape(tick.label)}</text>')
    for line in drawing.lines:
        dash = ' stroke-dasharray="6 5"' if line.is_inferred else ""
        parts.append(f'<path d="{line.path}" fill="none" stroke="#14201f" stroke-width="1.6"{dash}/>')
        if line.arrow:
            parts.append(f'<path d="{line.arrow}" fill="#14201f"/>')
    for box in drawing.boxes:
        dash = ' stroke-dasharray="4 3"' if box.is_asymptomatic else ""
        if drawing.is_dots:
            parts.append(f'<circle cx="{box.x:.0f}" cy="{box.y:.1f}" r="3.2" fill="#fff" stroke="#14201f"{dash}/>')
            continue
        x, y = box.x - BOX / 2, box.y - HIGH / 2 + 5
        parts.append(
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{BOX}" height="{HIGH - 10}" rx="4" fill="#fff" '
            f'stroke="#14201f" stroke-width="2"{dash}/>'
        )
        parts.append(f'<text x="{x + 10:.0f}" y="{y + 20:.0f}" font-weight="700">{box.node.number:02d}</text>')
        parts.append(f'<text x="{x + 10:.0f}" y="{y + 40:.0f}">{box.node.contacts}</text>')
    return "".join(parts) + "</svg>"
