"""The parts of a page. Templates show; what a badge says was decided before."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shali.foundation.ui import formats

register = template.Library()
register.filter("num", formats.num)
register.filter("whole", formats.whole)
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


# The parts below stand in every row of a list. They are written here, and not as templates of their own: a template
# within a template costs as much as all else in a row.
ICON = '<svg class="ico" aria-hidden="true"><use href="#i-{}"/></svg>'
STATES = ("ontime", "soon", "overdue", "blocked", "done", "unknown")
ICONS = {state: SafeString(ICON.format(state)) for state in STATES}


@register.simple_tag
def icon(name: str) -> SafeString:
    return ICONS.get(name) or format_html(ICON, name)


@lru_cache(maxsize=8)
def _state_words(language: str | None) -> dict[str, str]:
    return {
        "ontime": _("On time"),
        "soon": _("Due soon"),
        "overdue": _("Overdue"),
        "blocked": _("Blocked"),
        "done": _("Closed"),
        "unknown": _("Unknown"),
        "no deadline": _("No deadline given"),
        "left": _("left "),
    }


@register.simple_tag
def badge(state: str, word: str = "", time: str = "", title: str = "") -> SafeString:
    """A state's badge: shape, word and colour. `state` is one of ontime, soon, overdue, blocked, done, unknown."""
    about = f' title="{escape(title)}"' if title else ""
    return _badge(state, about, word or _state_words(get_language())[state], time)


def _badge(state: str, about: str, word: str, time: str) -> SafeString:
    said = f" <i>{escape(time)}</i>" if time else ""
    return SafeString(
        f'<span class="badge" data-state="{escape(state)}"{about}>{icon(state)}{escape(word)}{said}</span>'
    )


@register.simple_tag
def clock(state: str, due_at: datetime | None, at: datetime, closed_in: Any = None) -> SafeString:
    """A clock badge: what is left to the minute, by how much it is over, or how long it took."""
    words = _state_words(get_language())
    word = words["no deadline" if state == "unknown" else state]
    if due_at is None or state == "done":
        time = _("in %(span)s") % {"span": formats.span(closed_in)} if state == "done" and closed_in is not None else ""
        title = formats.day_time(due_at) if due_at else ""
        return _badge(state, f' title="{escape(title)}"', word, time)
    left = words["left"] if at < due_at else ""
    about = (
        f' title="{formats.day_time(due_at)}" data-due="{int(due_at.timestamp() * 1000)}" data-left="{escape(left)}"'
    )
    return _badge(state, about, word, f"{left}{formats.span(due_at - at)}")


@register.simple_tag
def four_facts(established: Any) -> SafeString:
    """Four boxes: which of the four facts stand. `established` is four booleans in order."""
    return _four_facts(tuple(bool(one) for one in established), get_language())


@lru_cache(maxsize=64)
def _four_facts(established: tuple[bool, ...], language: str | None) -> SafeString:
    letters = (_("N|counted"), _("I|identified"), _("L|located"), _("C|control status"))
    said, boxes = [], []
    for pair, stands in zip(letters, established, strict=True):
        letter, _bar, name = pair.partition("|")
        name = escape(name or letter)
        said.append(f"{name}: {_('established') if stands else _('not established')}")
        boxes.append(f'<span data-state="{"done" if stands else "open"}" title="{name}">{escape(letter)}</span>')
    return SafeString(f'<span class="facts" role="img" aria-label="{"; ".join(said)}">{"".join(boxes)}</span>')


@register.simple_tag
def count_link(value: int | None, href: str, css: str = "") -> SafeString:
    """A number that leads to exactly its rows; zero is plain and grey, unknown is a dash."""
    if value is None:
        return mark_safe('<span class="zero">—</span>')
    if value == 0:
        return mark_safe('<span class="zero">0</span>')
    return SafeString(f'<a href="{conditional_escape(href)}" class="{escape(css)}">{formats.num(value)}</a>')


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
def pager(context: template.Context, page: Any, of: str = "") -> dict[str, object]:
    """'1-50 of 1,172' and the next page. `page` has first, last, total (None: not counted), next, is_first.

    of: which of several lists on one page it leads through; the page reads it beside `after`
    """
    return {"page": page, "of": of, "request": context["request"]}


class OnceNode(Node):
    """Its content is rendered once a page for each value of its key, and repeated from then on."""

    def __init__(self, nodes: NodeList, key: list[FilterExpression]) -> None:
        self.nodelist, self.key = nodes, key

    def render(self, context: template.Context) -> SafeString:
        page: Any = context.render_context  # of this page alone, and of none that another thread renders
        kept: dict[tuple[Any, ...], SafeString] = page.setdefault(self, {})
        key = tuple(part.resolve(context) for part in self.key)
        if key not in kept:
            kept[key] = self.nodelist.render(context)
        return kept[key]


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """{% once a b %}...{% endonce %}: for what stands in many rows alike; a, b: all that it depends on."""
    key = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodes = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodes, key)
