from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import children
from shali.foundation.policy.rules import number
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.ui.slots import parts_of
from shali.testing.queries import words
from shali.testing.queries.rounds import round_view
from shali.testing.queries.sites import site_view, sites
from shali.testing.services.sites import SILENT, NewSite, add_site, check_protection, close_site, cover
from shali.testing.services.stations import make_station, revoke_station
from shali.testing.web.given import number_of
from shali.testing.web.qr import drawn


@policy(Verb.SEE_TESTING)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: PostRequest, testing_round: str) -> HttpResponse:
    """The points of a round, those that fall behind on top; and a new one."""
    at = now()
    if request.method == "POST":
        if Verb.RUN_SITES not in request.scope.verbs:
            raise WrongInput(_("Sampling points are set by the desks of townships and above."))
        form = request.POST
        new = NewSite(
            name=form.get("name", ""),
            unit=form.get("unit", ""),
            covers=tuple(form.getlist("covers")),
            tables=number_of(form.get("tables", ""), otherwise=2),
        )
        made = add_site(scope=request.scope, made=testing_round, new=new, by=request.scope.name, at=at)
        messages.success(request, _("Set. Let its devices in from its page."))
        return redirect("testing:site", made.public_id)
    context = {
        "view": round_view(request.scope, testing_round, at=at),
        "rows": sites(request.scope, testing_round, silent_since=at - SILENT),
        "units": children(request.scope, request.scope.path),
        "per_table": int(number("people_per_table", at).value),
        "most": int(number("people_per_point_high", at).value),
        "at": at,
    }
    return render(request, "testing/sites.html", context)


@policy(verb=Verb.SEE_TESTING)
@require_GET
def one(request: PostRequest, site: str) -> HttpResponse:
    return _site_page(request, site)


def _site_page(request: PostRequest, site: str, **more: object) -> HttpResponse:
    """A point's page: whom it covers, who is there, what protection is there."""
    at = now()
    view = site_view(request.scope, site, silent_since=at - SILENT)
    names = who([view.checked_by])
    context = {
        "view": view,
        "row": view.row,
        "protection": [(code, word, code in view.protection) for code, word in words.PROTECTION.items()],
        "checked_by": names[view.checked_by].name if view.checked_by in names else "",
        "tables": range(1, view.row.tables + 1),
        "needs_tables": -(-view.row.people // int(number("people_per_table", at).value)),
        "clock_off": int(number("clock_off_minutes", at).value) * 60_000,
        "silent_since": at - SILENT,
        "parts": parts_of("testing.site", request.scope, site, view.path, at),
        "at": at,
        **more,
    }
    return render(request, "testing/site.html", context)


@policy(verb=Verb.RUN_SITES)
@require_POST
def act(request: PostRequest, site: str) -> HttpResponse:
    """Change whom a point covers, what protection is there, or close it."""
    form, at, by = request.POST, now(), request.scope.name
    what = form.get("act", "")
    if what == "protection":
        check_protection(scope=request.scope, site=site, there=tuple(form.getlist("there")), by=by, at=at)
        messages.success(request, _("Kept, with your name and the hour."))
    elif what == "cover":
        cover(scope=request.scope, site=site, paths=(form.get("unit", ""),), by=by, at=at)
        messages.success(request, _("This unit comes here now."))
    elif what == "close":
        close_site(scope=request.scope, site=site, by=by, at=at)
        messages.success(request, _("Closed."))
    else:
        raise WrongInput(_("Say what is to be done."), fields={"act": "missing"})
    return redirect("testing:site", site)


@policy(verb=Verb.RUN_SITES)
@require_POST
def station(request: PostRequest, site: str) -> HttpResponse:
    """Make the code that lets a device in at a table; it is shown here, once."""
    table = number_of(request.POST.get("table", ""))
    made = make_station(scope=request.scope, site=site, table=table, by=request.scope.name, at=now())
    # Behind the hash, which a browser sends to no server: the code stands in no log.
    link = request.build_absolute_uri("/station/") + "#" + made.code
    return _site_page(request, site, made=made, link=link, code=drawn(link))


@policy(verb=Verb.RUN_SITES)
@require_POST
def revoke(request: PostRequest, station: str) -> HttpResponse:
    row = revoke_station(scope=request.scope, station=station, by=request.scope.name, at=now())
    messages.success(request, _("Revoked. What it still sends is kept for a decision."))
    return redirect("testing:site", row.site.public_id)
