"""Codes as drawings: a path of dark squares, to be shown in any size without a picture file."""

from dataclasses import dataclass

import segno


@dataclass(frozen=True, slots=True)
class Drawn:
    """size: of the square with its quiet border, in modules; path: an SVG path of the dark ones."""

    size: int
    path: str


def drawn(text: str) -> Drawn:
    """Draw a text as a QR code with a border of four modules."""
    code = segno.make_qr(text, error="m")
    dark = [(x, y) for y, row in enumerate(code.matrix) for x, module in enumerate(row) if module]
    width = code.symbol_size(border=4)[0]
    return Drawn(int(width), "".join(f"M{x + 4} {y + 4}h1v1h-1z" for x, y in dark))
