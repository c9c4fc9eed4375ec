from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import children
from shali.foundation.ui.refusal import WrongInput
from shali.staffing.queries import workers
from shali.staffing.services import NewShift, drop_shift, enter_worker, give_shift
from shali.staffing.web.words import KINDS


@policy(verb=Verb.RUN_SITES)
@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: PostRequest) -> HttpResponse:
    """Who there is; whoever's training has ended on top. And a new one."""
    at = now()
    if request.method == "POST":
        form = request.POST
        enter_worker(
            scope=request.scope,
            name=form.get("name", ""),
            kind=form.get("kind", ""),
            unit=form.get("unit", ""),
            trained_until=_day(form.get("trained_until", "")),
            by=request.scope.name,
            at=at,
        )
        messages.success(request, _("Entered."))
        return redirect("staffing:staff")
    context = {
        "rows": [(one, KINDS[one.kind]) for one in workers(request.scope, at=at)],
        "kinds": KINDS.items(),
        "units": children(request.scope, request.scope.path),
        "at": at,
    }
    return render(request, "staffing/staff.html", context)


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        raise WrongInput(_("Write the day as 2022-08-10."), fields={"trained_until": "day"}) from None


@policy(verb=Verb.RUN_SITES)
@require_POST
def give(request: PostRequest) -> HttpResponse:
    """Give somebody a shift at a place."""
    form = request.POST
    new = NewShift(
        worker=form.get("worker", ""),
        place=form.get("place", "")[:12],
        starts_at=_hour(request, "starts_at"),
        ends_at=_hour(request, "ends_at"),
        in_heat=bool(form.get("in_heat")),
    )
    give_shift(scope=request.scope, new=new, by=request.scope.name, at=now())
    messages.success(request, _("On the roster of shifts."))
    return _back(request)


@policy(verb=Verb.RUN_SITES)
@require_POST
def drop(request: PostRequest, shift: str) -> HttpResponse:
    drop_shift(scope=request.scope, shift=shift, by=request.scope.name, at=now())
    messages.success(request, _("Taken back."))
    return _back(request)


def _hour(request: HttpRequest, name: str) -> datetime:
    try:
        read = parse_datetime(request.POST.get(name, "").strip())
    except ValueError:
        read = None
    if read is None:
        raise WrongInput(_("Write the hour as 2022-08-10 08:00."), fields={name: "hour"})
    return read if read.tzinfo else timezone.make_aware(read)


def _back(request: HttpRequest) -> HttpResponse:
    """Return to the page that showed the shifts, if it is one of ours."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts=None) and page.startswith("/testing/sites/")
    return redirect(page if is_ours else "staffing:staff")
