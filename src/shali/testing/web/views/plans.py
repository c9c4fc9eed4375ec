from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.policy.rules import number
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.ui.uploads import must_upload
from shali.testing.queries.plans import plan_view, plans
from shali.testing.queries.rounds import round_view
from shali.testing.rules.plan_file import Place
from shali.testing.services.plans import Wanted, edit_plan, make_plan, read_table, take_plan
from shali.testing.web.draw_plan import draw_plan
from shali.testing.web.given import number_of
from shali.testing.web.notices import notices_of


@policy(Verb.SEE_TESTING)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: PostRequest, testing_round: str) -> HttpResponse:
    """Plans of where a round's points go, and a new one out of two tables."""
    at = now()
    if request.method == "POST":
        if Verb.RUN_SITES not in request.scope.verbs:
            raise WrongInput(_("Sampling points are set by the desks of townships and above."))
        wanted = Wanted(
            number_of(request.POST.get("sites", "")),
            number_of(request.POST.get("capacity", ""), otherwise=1),
            float(number_of(request.POST.get("walk", ""), otherwise=15)) or 15.0,
        )
        made = make_plan(
            scope=request.scope,
            made=testing_round,
            points=_table(request, "points", with_people=True),
            candidates=_table(request, "candidates", with_people=False),
            wanted=wanted,
            by=request.scope.name,
            at=at,
        )
        return redirect("testing:plan", made.public_id)
    context = {
        "view": round_view(request.scope, testing_round, at=at),
        "rows": plans(request.scope, testing_round),
        "capacity": int(number("people_per_point_high", at).value),
        "walk": int(number("walk_minutes", at).value),
        "at": at,
    }
    return render(request, "testing/plans.html", context)


def _table(request: PostRequest, name: str, *, with_people: bool) -> list[Place]:
    upload = must_upload(request, _("Choose both tables."), name=name)
    return read_table(path=upload.path, name=upload.name, with_people=with_people)


@policy(verb=Verb.SEE_TESTING)
@require_GET
def one(request: PostRequest, site_plan: str) -> HttpResponse:
    """A plan on the map, and the same figures beside it."""
    at = now()
    view = plan_view(request.scope, site_plan, at=at)
    share = f"{int(view.row.within * 1000) / 10:.1f}"
    others = [row for row in plans(request.scope, view.round) if row.public_id != site_plan]
    gap = f"{100 * view.row.gap:.1f}" if view.row.gap is not None else ""
    context = {"view": view, "drawing": draw_plan(view), "share": share, "gap": gap, "others": others, "at": at}
    return render(request, "testing/plan.html", context)


@policy(verb=Verb.RUN_SITES)
@require_POST
def edit(request: PostRequest, site_plan: str) -> HttpResponse:
    """Close, open or move a point by hand; the answer is the plan, evaluated again."""
    form = request.POST
    move = None
    if form.get("move", "").isdigit():
        try:
            move = (int(form["move"]), float(form.get("lon", "")), float(form.get("lat", "")))
        except ValueError:
            raise WrongInput(_("This is no place on the map."), fields={"lon": "wrong"}) from None
    edit_plan(
        scope=request.scope,
        plan=site_plan,
        close=number_of(form.get("close", ""), otherwise=-1),
        add=number_of(form.get("add", ""), otherwise=-1),
        move=move,
        at=now(),
    )
    return redirect("testing:plan", site_plan)


@policy(verb=Verb.RUN_SITES)
@require_POST
def take(request: PostRequest, site_plan: str) -> HttpResponse:
    done = take_plan(scope=request.scope, plan=site_plan, by=request.scope.name, at=now())
    said = ngettext("%(n)d point set in the round.", "%(n)d points set in the round.", done)
    messages.success(request, said % {"n": done})
    view = plan_view(request.scope, site_plan, at=now())
    return redirect("testing:sites", view.round)


@policy(verb=Verb.SEE_TESTING)
@require_GET
def notices(request: PostRequest, site_plan: str) -> HttpResponse:
    """A notice for each place where people live, to print: where to go, when, how far it is."""
    view = plan_view(request.scope, site_plan, at=now())
    return render(request, "testing/notices.html", {"view": view, "notices": notices_of(view)})
