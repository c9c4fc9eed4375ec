from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.journal.access import record_access
from shali.foundation.policy.rules import number
from shali.foundation.ui.refusal import WrongInput
from shali.testing.queries.homes import visits_view, walk_view
from shali.testing.queries.rounds import round_head
from shali.testing.queries.sites import sites
from shali.testing.rules.doors import MOST_TEAMS
from shali.testing.services.homes import Wanted, plan_visits
from shali.testing.services.sites import SILENT
from shali.testing.web.given import number_of
from shali.testing.web.present_homes import stops_of


@policy(Verb.SEE_TESTING)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: PostRequest, testing_round: str) -> HttpResponse:
    """Visits at doors of a round: how many wait, which teams walk where, and walks planned anew."""
    at, form = now(), request.POST
    if request.method == "POST":
        if Verb.NAME_LEFT not in request.scope.verbs:
            raise WrongInput(_("Visits are planned by communities and the desks above them."))
        wanted = Wanted(number_of(form.get("teams", "")), form.get("start", "")[:12], form.get("first") == "overdue")
        plan_visits(scope=request.scope, made=testing_round, wanted=wanted, by=request.scope.name, at=at)
        messages.success(request, _("Planned. Each team opens its walk on its telephone."))
        return redirect("testing:visits", testing_round)
    points = [one for one in sites(request.scope, testing_round, silent_since=at - SILENT) if not one.closed_at]
    context = {
        "view": round_head(request.scope, testing_round),
        "visits": visits_view(request.scope, testing_round, at=at),
        "points": points,
        "most": MOST_TEAMS,
        "minutes": int(number("home_visit_minutes", at).value),
        "at": at,
    }
    return render(request, "testing/visits.html", context)


@policy(verb=Verb.NAME_LEFT)
@require_GET
def walk(request: PostRequest, tour: str) -> HttpResponse:
    """A team's walk on its telephone, door by door, or as a sheet to print; one record for the page's look."""
    at = now()
    view = walk_view(request.scope, tour, number_of(request.GET.get("team", ""), otherwise=1), at=at)
    if view.rows:
        # No prompt for doors that one is sent to, but no look without its record either.
        record_access(
            scope=request.scope,
            act="work_list",
            purpose="own_tasks",
            subject_kind="task_list",
            subject=None,
            fields=["name", "phone", "address"],
            people=[row.person for row in view.rows],
            at=at,
        )
    open_rows = [one for one in view.rows if not one.outcome]
    context = {
        "view": view,
        "stops": stops_of(view),
        "left": len(open_rows),
        "overdue": sum(one.state == "overdue" for one in open_rows),
        "soon": sum(one.state == "soon" for one in open_rows),
        "teams": range(1, view.teams + 1),
        "at": at,
    }
    name = "testing/walk_sheet.html" if request.GET.get("sheet") else "testing/walk.html"
    return render(request, name, context)
