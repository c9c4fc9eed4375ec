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
from shali.testing.queries.calling import groups_called, windows_of
from shali.testing.queries.compare import compare_plans
from shali.testing.queries.find import plan_in_scope
from shali.testing.queries.plans import plan_view, plans
from shali.testing.queries.play import MOST_TABLES, Assumed
from shali.testing.queries.rounds import round_head
from shali.testing.queries.taking import taking_view
from shali.testing.rules.plan_file import Place
from shali.testing.services.editing import edit_plan
from shali.testing.services.plans import Wanted, make_plan, read_table
from shali.testing.services.taking import Taken, take_plan
from shali.testing.web.draw_plan import draw_plan
from shali.testing.web.given import number_of
from shali.testing.web.notices import notices_of, notices_of_groups
from shali.testing.web.present_compare import by_hour, hour_names, measures


@policy(Verb.SEE_TESTING)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: PostRequest, testing_round: str) -> HttpResponse:
    """Plans of where a round's points go, and a new one out of two tables."""
    at = now()
    if request.method == "POST":
        if Verb.RUN_SITES not in request.scope.verbs:
            raise WrongInput(_("Sampling points are set by the desks of townships and above."))
        wanted = Wanted(
            _sites(request.POST.get("sites", "").strip()),
            number_of(request.POST.get("capacity", ""), otherwise=1),
            float(number_of(request.POST.get("walk", ""), otherwise=15)) or 15.0,
            is_within=request.POST.get("goal") == "within",
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
        "view": round_head(request.scope, testing_round),
        "rows": plans(request.scope, testing_round),
        "capacity": int(number("people_per_point_high", at).value),
        "walk": int(number("walk_minutes", at).value),
        "at": at,
    }
    return render(request, "testing/plans.html", context)


def _sites(text: str) -> int:
    """Read how many points are asked for; nothing: as few as will do."""
    if text and not number_of(text):
        raise WrongInput(_("Say how many points, or nothing for as few as will do."), fields={"sites": "wrong"})
    return number_of(text)


def _table(request: PostRequest, name: str, *, with_people: bool) -> list[Place]:
    upload = must_upload(request, _("Choose both tables."), name=name)
    return read_table(path=upload.path, name=upload.name, with_people=with_people)


@policy(verb=Verb.SEE_TESTING)
@require_GET
def compare(request: PostRequest, testing_round: str) -> HttpResponse:
    """Plans side by side: what each asks for, how far people walk, how long they wait by hour and point."""
    at = now()
    chosen = [one[:12] for one in request.GET.getlist("plan")]
    found = compare_plans(request.scope, testing_round, chosen, at=at)
    view = round_head(request.scope, testing_round)
    context = {
        "view": view,
        "found": found,
        "measures": measures(found) if found.columns else [],
        "hours": hour_names(found, view.row.starts_at),
        "plans": by_hour(found, number("queue_minutes", at).value),
        "allowed": int(number("queue_minutes", at).value),
        "at": at,
    }
    return render(request, "testing/compare.html", context)


@policy(verb=Verb.SEE_TESTING)
@require_GET
def one(request: PostRequest, site_plan: str) -> HttpResponse:
    """A plan on the map, and the same figures beside it."""
    at = now()
    view = plan_view(request.scope, site_plan, at=at, given=_assumed(request))
    share = f"{int(view.row.within * 1000) / 10:.1f}"
    others = [row for row in plans(request.scope, view.round) if row.public_id != site_plan]
    gap = f"{100 * view.row.gap:.1f}"
    context = {"view": view, "drawing": draw_plan(view), "share": share, "gap": gap, "others": others, "at": at}
    context["people_within"] = round(view.row.within * view.row.people)
    if view.row.taken_at is None:
        context["taking"] = taking_view(request.scope, site_plan)
    return render(request, "testing/plan.html", context)


def _assumed(request: PostRequest) -> Assumed:
    """Read what the day is to be played with: for all points, and for some of them tables of their own."""
    form = request.GET
    own = {name.removeprefix("at"): number_of(str(text)) for name, text in form.items() if name.startswith("at")}
    places = {int(one): min(many, MOST_TABLES) for one, many in own.items() if one.isdigit() and len(one) < 6 and many}
    return Assumed(
        _of(form.get("spread", ""), 240),
        _of(form.get("no_show", ""), 100, per=100),
        _of(form.get("pause", ""), 240),
        min(number_of(form.get("tables", "")), MOST_TABLES) or None,
        places,
    )


def _of(text: str, most: float, *, per: float = 1.0) -> float | None:
    return min(float(number_of(text)), most) / per if text.strip() else None


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
    messages.success(request, _said_of(done))
    return redirect("testing:sites", plan_in_scope(request.scope, site_plan).round.public_id)


def _said_of(done: Taken) -> str:
    said = ngettext("%(n)d point set in the round.", "%(n)d points set in the round.", done.sites) % {"n": done.sites}
    if done.placed or done.others:
        shared = _("Of units with several points %(a)d people go by their address, %(b)d with most of their unit.")
        said += " " + shared % {"a": done.placed, "b": done.others}
    if done.later:
        said += " " + _("%(n)d people of units with several points are being shared out by address.") % {
            "n": done.later
        }
    return said


@policy(verb=Verb.SEE_TESTING)
@require_GET
def notices(request: PostRequest, site_plan: str) -> HttpResponse:
    """A notice for each place where people live, and each group, to print: where to go, when, how far it is."""
    view = plan_view(request.scope, site_plan, at=now())
    found = notices_of(view, windows_of(request.scope, site_plan))
    found += notices_of_groups(groups_called(request.scope, site_plan))
    return render(request, "testing/notices.html", {"view": view, "notices": found})
