from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.ui.qr import drawn
from shali.staffing.queries.calls import OwnPage, call_up_view, own_address, own_page
from shali.staffing.queries.shifts import trainings, worker_row
from shali.staffing.services.calls import NewCallUp, answer_call, ask_more, call_up, end_call_up, new_own_page
from shali.staffing.web.given import must_hour
from shali.staffing.web.words import CALL_STATES, KINDS, OWN_STATES, WHY_NOT

MOST_CHOSEN = 200


@policy(verb=Verb.RUN_SITES)
@require_POST
def new(request: PostRequest) -> HttpResponse:
    """Call workers up for a shift; those who may be asked are asked at once."""
    form = request.POST
    wanted = form.get("wanted", "")
    asked = NewCallUp(
        place=form.get("place", "")[:12],
        label=form.get("label", ""),
        kind=form.get("kind", ""),
        starts_at=must_hour(request, "starts_at"),
        ends_at=must_hour(request, "ends_at"),
        wanted=int(wanted) if wanted.isdigit() and len(wanted) < 5 else 0,
        about=form.get("about", "")[:12],
        in_heat=bool(form.get("in_heat")),
    )
    made = call_up(scope=request.scope, new=asked, workers=(), by=request.scope.name, at=now())
    messages.success(request, _("Called up. Each of them answers on a page of his own."))
    return redirect("staffing:call", made.public_id)


@policy(verb=Verb.RUN_SITES)
@require_GET
def one(request: PostRequest, call_up: str) -> HttpResponse:
    """A call-up: who has not answered and since when, who accepted, who else may be asked and who may not."""
    at = now()
    view = call_up_view(request.scope, call_up, at=at)
    context = {
        "view": view,
        "row": view.row,
        "kind": KINDS[view.row.kind],
        "calls": [(one, CALL_STATES[one.state]) for one in view.calls],
        "free": view.others.free,
        "others": [(one, WHY_NOT[one.why]) for one in view.others.others],
        "is_open": view.row.ended_at is None and view.row.taken < view.row.wanted and view.row.ends_at > at,
        "at": at,
    }
    return render(request, "staffing/call.html", context)


@policy(verb=Verb.RUN_SITES)
@require_POST
def act(request: PostRequest, call_up: str) -> HttpResponse:
    """Ask those who were chosen as well, or end the call-up."""
    form, by, at = request.POST, request.scope.name, now()
    if form.get("act") == "end":
        end_call_up(scope=request.scope, row=call_up, by=by, at=at)
        messages.success(request, _("Ended. Shifts that were accepted stand."))
    else:
        chosen = [one[:12] for one in form.getlist("worker")][:MOST_CHOSEN]
        done = ask_more(scope=request.scope, row=call_up, workers=chosen, by=by, at=at)
        messages.success(request, ngettext("%(n)d more asked.", "%(n)d more asked.", done) % {"n": done})
    return redirect("staffing:call", call_up)


@policy(Verb.RUN_SITES)
@require_http_methods(["GET", "HEAD", "POST"])
def worker(request: PostRequest, worker: str) -> HttpResponse:
    """Somebody of the staff: his shifts and calls, and the code of his own page, to be handed to him alone."""
    at = now()
    if request.method == "POST":
        new_own_page(scope=request.scope, worker=worker)
        messages.success(request, _("A new address. The one before opens nothing any more."))
        return redirect("staffing:worker", worker)
    row = worker_row(request.scope, worker, at=at)
    key = own_address(request.scope, worker)
    link = request.build_absolute_uri(reverse("staffing:own", args=[key])) if key else ""
    seen = own_page(request.scope, key, at=at) if key else None
    code = drawn(link) if link else None
    context = {"row": row, "kind": KINDS[row.kind], "link": link, "code": code, "at": at, **_shown(seen)}
    said = trainings(request.scope, worker)
    names = who([one.renewed_by for one in said])
    written = [(one, names[one.renewed_by].name if one.renewed_by in names else one.renewed_by) for one in said]
    return render(request, "staffing/worker.html", {**context, "trainings": written})


@policy(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def own(request: HttpRequest, own_page: UUID) -> HttpResponse:
    """A worker's own page on his telephone: calls to accept or decline, shifts to come. Nobody guesses its address."""
    at = now()
    if request.method == "POST":
        form = request.POST
        done = answer_call(own_page=own_page, call=form.get("call", "")[:12], answer=form.get("answer", ""), at=at)
        messages.success(request, _("You have the shift.") if done.answer == "accepted" else _("Declined. Thank you."))
        return redirect("staffing:own", own_page)
    found = _own(own_page, at)
    context = {"found": found, "at": at, **_shown(found)}
    return render(request, "staffing/own.html", context, status=200 if found is not None else 404)


def _own(key: UUID, at: datetime) -> OwnPage | None:
    scope = system_scope("staffing.own")
    with in_scope(scope):
        return own_page(scope, key, at=at)


def _shown(found: OwnPage | None) -> dict[str, object]:
    calls = [(one, KINDS[one.kind], OWN_STATES[one.state]) for one in found.calls] if found else []
    return {
        "waiting": [(one, kind) for one, kind, _state in calls if one.state == "waiting"],
        "answered": [(one, kind, state) for one, kind, state in calls if one.state != "waiting"],
        "shifts": found.shifts if found else (),
        "own_kind": KINDS[found.kind] if found else "",
    }
