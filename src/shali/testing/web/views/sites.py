from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.policy.rules import number
from shali.foundation.ui.qr import drawn
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.ui.slots import parts_of
from shali.foundation.ui.uploads import must_upload
from shali.testing.queries import words
from shali.testing.queries.fit import choices, fit_of, groups_here
from shali.testing.queries.rounds import round_head
from shali.testing.queries.sites import places_for_points, site_view, sites
from shali.testing.services.copies import Handed, hand_in_copy
from shali.testing.services.site_edits import SiteEdit, edit_site
from shali.testing.services.sites import SILENT, NewSite, add_site, check_protection, close_site, cover
from shali.testing.services.stations import make_station, revoke_station
from shali.testing.web import present
from shali.testing.web.given import must_hour, number_of


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
        "view": round_head(request.scope, testing_round),
        "rows": sites(request.scope, testing_round, silent_since=at - SILENT),
        "units": places_for_points(request.scope, testing_round),
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
        "to_a_tube": present.to_a_tube(view.row.pool_size),
        "protection": [(code, word, code in view.protection) for code, word in words.PROTECTION.items()],
        "checked_by": names[view.checked_by].name if view.checked_by in names else "",
        "tables": range(1, view.row.tables + 1),
        "fit": fit_of(request.scope, site, at=at),
        "allowed": int(number("queue_minutes", at).value),
        "clock_off": int(number("clock_off_minutes", at).value) * 60_000,
        "silent_since": at - SILENT,
        "parts": parts_of("testing.site", request.scope, site, view.path, at),
        "at": at,
        **more,
    }
    if Verb.RUN_SITES in request.scope.verbs and view.row.closed_at is None:
        context |= {"choices": choices(request.scope, site), "groups": groups_here(request.scope, site)}
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
def edit(request: PostRequest, site: str) -> HttpResponse:
    """Change tables and hours, whom the point covers, or which groups come; the answer says whether it holds them."""
    form, what = request.POST, request.POST.get("what", "")
    if what == "terms":
        hours = must_hour(request, "opens_at"), must_hour(request, "closes_at")
        wanted = SiteEdit(tables=number_of(form.get("tables", "")), opens_at=hours[0], closes_at=hours[1])
    elif what == "covers":
        parts = [one[:140].partition("|") for one in form.getlist("covers")]
        wanted = SiteEdit(covers=frozenset((path, place) for path, _bar, place in parts if path))
    elif what == "groups":
        wanted = SiteEdit(groups=frozenset(one[:12] for one in form.getlist("group") if one))
    else:
        raise WrongInput(_("Say what is to be done."), fields={"what": "missing"})
    fit = edit_site(scope=request.scope, site=site, edit=wanted, by=request.scope.name, at=now())
    said = _("Kept. %(people)d people come here; %(desks)d tables would do, %(tables)d are here.")
    counts = {"people": fit.people, "desks": fit.desks, "tables": fit.tables}
    (messages.success if fit.tables >= fit.desks else messages.warning)(request, said % counts)
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


@policy(verb=Verb.RUN_SITES)
@require_POST
def hand_in(request: PostRequest, site: str) -> HttpResponse:
    """Take the file of a device whose store was lost, and say what became of each of its lines."""
    upload = must_upload(request, _("Choose the file that the device saved."))
    handed = hand_in_copy(scope=request.scope, site=site, path=upload.path, by=request.scope.name, at=now())
    messages.success(request, said_of(handed))
    return redirect("testing:site", site)


def said_of(handed: Handed) -> str:
    said = _(
        "%(lines)d acts in the file: %(fresh)d were not here and are taken, %(known)d were here, "
        "%(apart)d are kept for a decision, %(wrong)d lines cannot be read."
    )
    names = ("lines", "fresh", "known", "apart", "wrong")
    return said % {name: getattr(handed, name) for name in names}
