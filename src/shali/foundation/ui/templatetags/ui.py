"""The parts of a page. Templates show; what a badge says was decided before."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from shali.foundation.ui import formats

register = template.Library()
register.filter("num", formats.num)
register.filter("day_time", formats.day_time)
register.filter("day", formats.day)
register.filter("hour", formats.hour)
register.filter("span", formats.span)


@register.filter
def unit_name(unit: Any) -> str:
    """Name a unit (or a row that carries unit and unit_en) in the reader's language."""
    if unit is None:
        return "—"
    zh = getattr(unit, "unit", None) or getattr(unit, "name", "")
    en = getattr(unit, "unit_en", None) or getattr(unit, "name_en", "")
    return str(zh if formats.is_chinese() else en or zh)


@register.filter
def minus(a: int, b: int) -> int:
    return a - b


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html('<svg class="ico" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.inclusion_tag("ui/_badge.html")
def badge(state: str, word: str = "", time: str = "", title: str = "") -> dict[str, object]:
    """A state's badge: shape, word and colour. `state` is one of ontime, soon, overdue, blocked, done, unknown."""
    words = {
        "ontime": _("On time"),
        "soon": _("Due soon"),
        "overdue": _("Overdue"),
        "blocked": _("Blocked"),
        "done": _("Closed"),
        "unknown": _("Unknown"),
    }
    return {"state": state, "word": word or words[state], "time": time, "title": title}


@register.inclusion_tag("ui/_clock.html")
def clock(state: str, due_at: datetime | None, at: datetime, closed_in: Any = None) -> dict[str, object]:
    """A clock badge: what is left to the minute, by how much it is over, or how long it took."""
    words = {
        "ontime": _("On time"),
        "soon": _("Due soon"),
        "overdue": _("Overdue"),
        "blocked": _("Blocked"),
        "done": _("Closed"),
        "unknown": _("No deadline given"),
    }
    time, left = "", ""
    if state == "done" and closed_in is not None:
        time = _("in %(span)s") % {"span": formats.span(closed_in)}
    elif due_at is not None and state != "done":
        left = _("left ") if at < due_at else ""
        time = f"{left}{formats.span(due_at - at)}"
    return {
        "state": state,
        "word": words[state],
        "time": time,
        "left": left,
        "due_ms": int(due_at.timestamp() * 1000) if due_at and state != "done" else None,
        "title": formats.day_time(due_at) if due_at else "",
    }


@register.inclusion_tag("ui/_facts.html")
def four_facts(established: Any) -> dict[str, object]:
    """Four boxes: which of the four facts stand. `established` is four booleans in order."""
    letters = (_("N|counted"), _("I|identified"), _("L|located"), _("C|control status"))
    pairs = [letter.split("|", 1) for letter in letters]
    return {
        "boxes": [
            {"letter": pair[0], "name": pair[-1], "state": "done" if done else "open"}
            for pair, done in zip(pairs, established, strict=True)
        ]
    }


@register.simple_tag
def count_link(value: int | None, href: str, css: str = "") -> SafeString:
    """A number that leads to exactly its rows; zero is plain and grey, unknown is a dash."""
    if value is None:
        return mark_safe('<span class="zero">—</span>')
    if value == 0:
        return mark_safe('<span class="zero">0</span>')
    return format_html('<a href="{}" class="{}">{}</a>', href, css, formats.num(value))


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """The page's own address with some of its filters changed; an empty value takes the filter away."""
    query = context["request"].GET.copy()
    query.pop("after", None)
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return "?" + urlencode([(key, value) for key in sorted(query) for value in query.getlist(key)])


@register.inclusion_tag("ui/_pager.html", takes_context=True)
def pager(context: template.Context, page: Any) -> dict[str, object]:
    """'1-50 of 1,172' and the next page. `page` has first, last, total (None: not counted), next, is_first."""
    return {"page": page, "request": context["request"]}
