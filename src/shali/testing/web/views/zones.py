"""Zones of a round: who comes when, and how many to a tube there."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.testing.queries import words
from shali.testing.queries.rounds import round_head
from shali.testing.queries.zones import zone_places, zones
from shali.testing.rules import RoundState
from shali.testing.services.zones import NewZone, drop_zone, set_zone
from shali.testing.web import present
from shali.testing.web.given import hour_of


@policy(verb=Verb.PLAN_ROUNDS)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: PostRequest, testing_round: str) -> HttpResponse:
    """The zones of a round, and the form that sets one, changes one or takes one back."""
    at, form = now(), request.POST
    if request.method == "POST":
        if form.get("act") == "drop":
            points = drop_zone(
                scope=request.scope, made=testing_round, unit=form.get("unit", ""), by=request.scope.name, at=at
            )
        else:
            size = form.get("pool_size", "")
            new = NewZone(
                unit=form.get("unit", ""),
                pool_size=int(size) if size.isdigit() else 0,
                starts_at=hour_of(request, "starts_at"),
                ends_at=hour_of(request, "ends_at"),
            )
            points = set_zone(scope=request.scope, made=testing_round, new=new, by=request.scope.name, at=at)
        said = ngettext("Kept; %(n)d point follows it.", "Kept; %(n)d points follow it.", points)
        messages.success(request, said % {"n": points})
        return redirect("testing:zones", testing_round)
    view = round_head(request.scope, testing_round)
    row = view.row
    rows = zones(request.scope, testing_round)
    names = who(one.set_by for one in rows)
    context = {
        "view": view,
        "row": row,
        "rows": [
            (one, words.TUBES[one.pool_size], names[one.set_by].name if one.set_by in names else one.set_by)
            for one in rows
        ],
        "to_a_tube": present.to_a_tube(row.pool_size),
        "areas": zone_places(request.scope, testing_round),
        "sizes": words.TUBES.items(),
        "may_change": row.state != RoundState.CLOSED,
        "at": at,
    }
    return render(request, "testing/zones.html", context)
