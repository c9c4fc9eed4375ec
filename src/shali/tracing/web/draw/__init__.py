"""Where cases, days and estimates stand in pictures. Sizes are attributes; colours are classes."""

from shali.tracing.web.draw.chain import BOX, HIGH, MOST_BOXES, Drawing, draw_chain
from shali.tracing.web.draw.curve import CurveDrawing, draw_curve, in_words
from shali.tracing.web.draw.folded import FoldedDrawing, draw_folded
from shali.tracing.web.draw.timeline import draw_timeline

__all__ = [
    "BOX",
    "HIGH",
    "MOST_BOXES",
    "CurveDrawing",
    "Drawing",
    "FoldedDrawing",
    "draw_chain",
    "draw_curve",
    "draw_folded",
    "draw_timeline",
    "in_words",
]
