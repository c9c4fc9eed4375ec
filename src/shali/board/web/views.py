from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shali.board.queries.curve import curve
from shali.board.queries.figures import UnitLine, board
from shali.board.queries.outline import outlines
from shali.board.queries.witness import latest_root
from shali.board.web import draw, present
from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import ancestors

COUNTY = 2


@policy(verb=Verb.SEE_WALL)
@require_GET
def wall(request: PostRequest) -> HttpResponse:
    """Show the wall of the post's own unit; of a unit of its scope with `?unit=`."""
    return _page(request, request.scope.path)


@policy(verb=Verb.SEE_WALL)
@require_GET
def unit_wall(request: PostRequest, path: str) -> HttpResponse:
    return _page(request, path)


def _page(request: PostRequest, path: str) -> HttpResponse:
    shown = _shown(request, path)
    template = "board/_wall.html" if request.headers.get("X-Part") else "board/wall.html"
    return render(request, template, shown)


@policy(verb=Verb.SEE_WALL)
@require_GET
def evening(request: PostRequest) -> HttpResponse:
    """The evening's figures as an A4 sheet: what was asked, what was done, what is open, and with whom."""
    shown = _shown(request, request.GET.get("unit") or request.scope.path)
    worst = max(shown["rows"], key=lambda row: row["now"].overdue, default=None)
    shown |= {"root": latest_root(request.scope), "worst": worst if worst and worst["now"].overdue else None}
    return render(request, "board/evening.html", shown)


@policy(verb=Verb.SEE_WALL)
@require_GET
def picture(request: PostRequest) -> HttpResponse:
    """Draw the first screen as one SVG of 1920 x 1080 that stands alone; the page makes a PNG of it."""
    shown = _shown(request, request.GET.get("unit") or request.scope.path)
    step = min(76, 560 // max(1, len(shown["rows"]) + 1))
    for place, row in enumerate([*shown["rows"], shown["total"]]):
        row["y"] = 404 + place * step
    for place, found in enumerate(shown["findings"]):
        found["y"], found["y2"] = 372 + place * 96, 410 + place * 96
    return render(request, "board/picture.svg", shown, content_type="image/svg+xml")


def _shown(request: PostRequest, path: str) -> dict[str, Any]:
    at = now()
    scope = request.scope
    figures = board(scope, path=path, at=at)
    links = present.Links(scope, at)
    rows = [present.unit_row(line, links, at, key) for key, line in enumerate(figures.lines, start=1)]
    whole = UnitLine(path, figures.name, figures.name_en, "child", figures.now, figures.before)
    day = curve(scope, path=path, at=at)
    is_city = figures.level < COUNTY
    shapes, width, height = outlines(scope) if is_city else ({}, 0, 0)
    above = [one for one in ancestors(scope, path) if scope.holds(one.path)]
    ages = present.age_rows(figures)
    total = present.unit_row(whole, links, at)
    return {
        "board": figures,
        "rows": rows,
        "total": total | {"name": _("Whole city") if is_city else _("Whole unit"), "href": "", "key": 0},
        "soon_href": links.to(path, "soon"),
        "closed_href": links.to(path, "closed_today"),
        "title": present.short_name(figures.name, figures.name_en),
        "crumbs": [(reverse("board:unit", args=[one.path]), one) for one in above[:-1]],
        "is_own": path == scope.path,
        "findings": present.found_words(figures),
        "curve_title": present.curve_title(figures.now, figures.before),
        "curve": draw.draw_curve(day, at),
        "ages": ages,
        "age_words": _("; ").join(row["words"] for row in ages),
        "map": draw.draw_map(rows, shapes),
        "map_width": width,
        "map_height": height,
        "at": at,
        "before_at": at - timedelta(hours=24),
        "day": present.date_words(at),
    }
