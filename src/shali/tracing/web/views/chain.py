from collections.abc import Mapping, Sequence
from datetime import date
from math import isinf

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.policy.rules import due_soon_share
from shali.tracing.queries import words
from shali.tracing.queries.chain import (
    ChainView,
    Cluster,
    Edge,
    Node,
    chain_graphml,
    chain_view,
    clusters,
    not_moved_by_case,
)
from shali.tracing.queries.curve import BY, Reproduction, curve_view
from shali.tracing.queries.sources import grounds_of
from shali.tracing.queries.timeline import PersonLine, cluster_timeline
from shali.tracing.web import present
from shali.tracing.web.draw import MOST_BOXES, draw_chain, draw_curve, draw_folded, draw_timeline, in_words
from shali.tracing.web.png import chain_png

WINDOWS = (3, 5, 7, 14)


@policy(verb=Verb.SEE_TRACING)
@require_GET
def graph(request: PostRequest) -> HttpResponse:
    """Who infected whom: lanes by generation, days to the right. The same as a table."""
    at = now()
    view = chain_view(request.scope, at=at)
    chosen = request.GET.get("case", "")
    nodes = {node.public_id: node for node in view.nodes}
    edge = next((one for one in view.edges if one.target == chosen), None)
    as_table = request.GET.get("view") == "table"
    found = clusters(request.scope, view)
    cluster = _cluster(request, view, nodes)
    is_folded = not as_table and not cluster and _is_folded(request, view, found)
    drawn = view.only(cluster) if cluster else view
    context: dict[str, object] = {
        "view": view,
        "as_table": as_table,
        "cluster": nodes.get(cluster),
        "is_folded": is_folded,
        "may_fold": len(found) > 1,
        "folded": draw_folded(found) if is_folded else None,
        "drawing": None if as_table or is_folded else draw_chain(drawn, chosen=chosen),
        "generations": 1 + max((node.generation for node in view.nodes), default=-1),
        "waiting": [
            (one, present.case_title(one.number), present.due_state(one.due_at, at=at, soon_share=due_soon_share(at)))
            for one in not_moved_by_case(request.scope)
        ],
        "clusters": found,
        "at": at,
    }
    if chosen in nodes:
        context |= _chosen(request, nodes[chosen], edge, nodes, view.way_to(chosen))
    if as_table:
        above = {one.target: one for one in view.edges}
        context["rows"] = [
            (node, words.CLASSIFICATIONS[node.classification], above.get(node.public_id), _above(nodes, above, node))
            for node in sorted(view.nodes, key=lambda one: (one.generation, one.day, one.number))
        ]
    return render(request, "tracing/chain.html", context)


def _cluster(request: PostRequest, view: ChainView, nodes: Mapping[str, Node]) -> str:
    """Return the first case of the one chain to draw: the one asked for, or of many cases that of the chosen one."""
    asked = request.GET.get("cluster", "")
    if asked in nodes:
        return nodes[asked].root
    chosen = request.GET.get("case", "")
    return nodes[chosen].root if chosen in nodes and len(view.nodes) > MOST_BOXES else ""


def _is_folded(request: PostRequest, view: ChainView, found: Sequence[Cluster]) -> bool:
    """Fold what is more than boxes can show, unless it was asked to be open."""
    asked = request.GET.get("fold", "")
    return asked == "1" or (asked != "0" and len(found) > 1 and len(view.nodes) > MOST_BOXES)


def _above(nodes: Mapping[str, Node], above: Mapping[str, Edge], node: Node) -> Node | None:
    return nodes.get(above[node.public_id].source) if node.public_id in above else None


def _chosen(
    request: PostRequest, node: Node, edge: Edge | None, nodes: Mapping[str, Node], way: Sequence[str]
) -> dict[str, object]:
    """Return what the side of the page says of the case that was chosen, and of the link to it."""
    grounds = grounds_of(request.scope, node.public_id)
    return {
        "chosen": node,
        "chosen_title": present.case_title(node.number),
        "edge": edge,
        "edge_source": nodes.get(edge.source) if edge else None,
        "edge_title": present.case_title(nodes[edge.source].number) if edge and edge.source in nodes else "",
        "certainty": words.SOURCE_CERTAINTIES.get(edge.certainty, "") if edge else "",
        "grounds": [
            (one, words.SITUATIONS[one.situation], words.PROTECTIONS[one.protection], words.CERTAINTIES[one.certainty],
             present.case_title(one.case_number))
            for one in grounds
        ],
        "way": [(nodes[one], present.case_title(nodes[one].number)) for one in way if one in nodes],
    }  # fmt: skip


@policy(verb=Verb.SEE_TRACING)
@require_GET
def graphml_file(request: PostRequest) -> HttpResponse:
    response = HttpResponse(chain_graphml(request.scope, at=now()), content_type="application/graphml+xml")
    response["Content-Disposition"] = 'attachment; filename="chain.graphml"'
    return response


@policy(verb=Verb.SEE_TRACING)
@require_GET
def png_file(request: PostRequest) -> HttpResponse:
    at = now()
    view = chain_view(request.scope, at=at)
    cluster = request.GET.get("cluster", "")
    drawing = draw_chain(view.only(cluster) if cluster else view)
    response = HttpResponse(chain_png(drawing), content_type="image/png")
    response["Content-Disposition"] = 'attachment; filename="chain.png"'
    return response


@policy(verb=Verb.SEE_TRACING)
@require_GET
def timeline(request: PostRequest) -> HttpResponse:
    """A whole cluster on one screen: exposures, symptoms, tests and measures of each person."""
    at = now()
    view = chain_view(request.scope, at=at)
    found_clusters = clusters(request.scope, view)
    case = request.GET.get("case", "") or (found_clusters[0].first.public_id if found_clusters else "")
    context: dict[str, object] = {
        "clusters": [(one, present.case_title(one.first.number)) for one in found_clusters],
        "case": case,
        "at": at,
    }
    if case:
        found = cluster_timeline(request.scope, case, at=at)
        width, height, ticks, lines = draw_timeline(found)
        context |= {
            "found": found,
            "width": width,
            "height": height,
            "ticks": ticks,
            "lines": [(drawn, line, _line_title(line)) for drawn, line in zip(lines, found.lines, strict=True)],
        }
    return render(request, "tracing/timeline.html", context)


def _line_title(line: PersonLine) -> str:
    if line.case_number:
        return present.case_title(line.case_number)
    return str(words.CLASSES.get(line.contact_class, ""))


@policy(verb=Verb.SEE_TRACING)
@require_GET
def curve(request: PostRequest) -> HttpResponse:
    """The curve by day, R with its interval, growth, and what the pairs at hand say; each with its method."""
    at = now()
    asked, width = request.GET.get("by", "onset"), request.GET.get("window", "7")
    by = asked if asked in BY else "onset"
    days = int(width) if width.isdigit() and int(width) in WINDOWS else 7
    view = curve_view(request.scope, by=by, at=at, width=days)
    found = view.reproduction
    context = {
        "view": view,
        "drawing": draw_curve(view),
        "k_is_open": view.pairs.offspring is not None and isinf(view.pairs.offspring.k_high),
        "by": by,
        "window": days,
        "windows": WINDOWS,
        "classes": [(code, words.CLASSIFICATIONS[code]) for code in (1, 2, 3, 4)],
        "last": _last(view.reproduction),
        "last_day": found.days[-1] if found else None,
        "wide": _last(view.uncertain),
        "rows": _estimates(found),
        "at": at,
    }
    return render(request, "tracing/curve.html", context)


def _last(found: Reproduction | None) -> list[str]:
    return in_words([found.median[-1], found.low[-1], found.high[-1]]) if found else []


def _estimates(found: Reproduction | None) -> list[tuple[date, str, str, str]]:
    if found is None:
        return []
    return list(zip(found.days, in_words(found.median), in_words(found.low), in_words(found.high), strict=True))
