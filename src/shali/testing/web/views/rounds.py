from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import children, unit
from shali.testing.queries import words
from shali.testing.queries.rounds import needs, round_view, rounds, stop_rules
from shali.testing.queries.sites import sites
from shali.testing.rules import POOL_SIZES, RoundState
from shali.testing.services.rounds import Plan, close_round, freeze_later, plan_round
from shali.testing.services.sites import SILENT
from shali.testing.web import present
from shali.testing.web.draw import draw_coverage
from shali.testing.web.given import must_hour

BEHIND_SHOWN = 12


@policy(verb=Verb.SEE_TESTING)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    rows = [(one, words.ROUND_STATES[RoundState(one.state)]) for one in rounds(request.scope)]
    at = now()
    context = {"rows": rows, "stop": stop_rules(request.scope, at=at), "at": at}
    return render(request, "testing/rounds.html", context)


@policy(verb=Verb.PLAN_ROUNDS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PostRequest) -> HttpResponse:
    """Plan a round: where, from when to when, how many to a tube; with what the rules ask for so many people."""
    at, form = now(), request.POST
    if request.method == "POST":
        size = form.get("pool_size", "")
        plan = Plan(
            form.get("unit", ""),
            must_hour(request, "starts_at"),
            must_hour(request, "ends_at"),
            int(size) if size.isdigit() else 0,
        )
        made = plan_round(scope=request.scope, plan=plan, by=request.scope.name, at=at)
        messages.success(request, _("Planned. Set its sampling points, then freeze its roster."))
        return redirect("testing:round", made.public_id)
    here = unit(request.scope, request.scope.path)
    asked = needs(request.scope, here.population, at=at) if here.population else None
    context = {"units": children(request.scope, request.scope.path), "sizes": POOL_SIZES, "needs": asked, "here": here}
    return render(request, "testing/new_round.html", {**context, "at": at})


@policy(verb=Verb.SEE_TESTING)
@require_GET
def one(request: PostRequest, testing_round: str) -> HttpResponse:
    """The wall of a round: numbers that balance, the curve, who is left and where, points that fall behind."""
    at = now()
    view = round_view(request.scope, testing_round, at=at)
    points = sites(request.scope, testing_round, silent_since=at - SILENT)
    context = {
        "view": view,
        "row": view.row,
        "state": words.ROUND_STATES[RoundState(view.row.state)],
        "identities": present.identities(view.balance, testing_round),
        "standings": present.standings(view.standings, testing_round),
        "drawing": draw_coverage(view, at=at),
        "sites": points[:BEHIND_SHOWN],
        "more_sites": max(0, len(points) - BEHIND_SHOWN),
        "share": present.share(view.balance.sampled, view.balance.roster - view.balance.exempt),
        "late": bool(view.finish and view.finish > view.row.ends_at),
        "at": at,
    }
    return render(request, "testing/round.html", context)


@policy(verb=Verb.PLAN_ROUNDS)
@require_POST
def freeze(request: PostRequest, testing_round: str) -> HttpResponse:
    """Ask the worker to draw the roster; the round opens by itself when it is whole."""
    freeze_later(scope=request.scope, made=testing_round, by=request.scope.name)
    messages.success(request, _("The roster is being drawn from the register; the round opens when it is whole."))
    return redirect("testing:round", testing_round)


@policy(verb=Verb.PLAN_ROUNDS)
@require_POST
def close(request: PostRequest, testing_round: str) -> HttpResponse:
    close_round(scope=request.scope, made=testing_round, by=request.scope.name, at=now())
    messages.success(request, _("Closed: everybody is sampled, exempt or missing by name."))
    return redirect("testing:round", testing_round)
