from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Desk:
    """One entry of the bar at the top: shown to a post that has one of the verbs."""

    url: str
    title: Promise
    verbs: frozenset[str]


DESKS = (
    Desk("board:wall", _("Command"), frozenset({"see_wall"})),
    Desk("verification:lists", _("Verification"), frozenset({"see_lists"})),
    Desk("tracing:cases", _("Tracing"), frozenset({"see_tracing"})),
    Desk("tracing:follow_up", _("Follow-up"), frozenset({"follow_up"})),
    Desk("testing:rounds", _("Testing"), frozenset({"see_testing"})),
    Desk("testing:laboratory", _("Laboratory"), frozenset({"handle_tubes"})),
    Desk("tasks:desk", _("Tasks"), frozenset({"see_tasks"})),
    Desk("verification:anomalies", _("Anomalies"), frozenset({"see_anomalies"})),
    Desk("measures:desk", _("Measures"), frozenset({"see_measures"})),
    Desk("intake:reviews", _("Same person?"), frozenset({"review_identity"})),
    Desk("people:search", _("Find a person"), frozenset({"reveal"})),
    Desk("tasks:department", _("Asked of us"), frozenset({"answer_for_department"})),
    Desk("accounts:posts", _("Posts"), frozenset({"manage_posts"})),
    Desk("jurisdictions:tree", _("Units"), frozenset({"propose_unit_change", "approve_unit_change"})),
    Desk("journal:audit", _("Who looked"), frozenset({"read_audit"})),
)


def page(request: HttpRequest) -> dict[str, object]:
    """What every page shows: the desks of this post, whose post it is, whether all this is an exercise."""
    scope = getattr(request, "scope", None)
    verbs = scope.verbs if scope else frozenset()
    shown = []
    for desk in DESKS:
        if desk.verbs & verbs:
            try:
                url = reverse(desk.url)
            except NoReverseMatch:
                continue
            shown.append((url, desk.title))
    here = [url for url, _title in shown if request.path == url or (url != "/" and request.path.startswith(url))]
    # One desk may lie below another; the page belongs to the nearest.
    current = max(here, key=len, default=None)
    return {
        "desks": [(url, title, url == current) for url, title in shown],
        "post": getattr(request, "post", None),
        "posts": getattr(request, "posts", []),
        "exercise": settings.EXERCISE,
    }
