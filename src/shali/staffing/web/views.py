from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import children
from shali.foundation.ui.refusal import WrongInput
from shali.staffing.queries.shifts import SOON_DAYS, workers
from shali.staffing.services.shifts import NewShift, drop_shift, enter_worker, give_shift
from shali.staffing.services.training import renew_training
from shali.staffing.web.given import must_hour
from shali.staffing.web.words import KINDS, TRAINING


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
    asked, days = request.GET.get("which", ""), request.GET.get("days", "")
    which = asked if asked in TRAINING else "all"
    within = min(max(int(days), 1), 365) if days.isdigit() and len(days) < 5 else SOON_DAYS
    found = workers(request.scope, which, at=at, days=within, after=request.GET.get("after", "")[:40])
    page = found.page
    context = {
        "page": page,
        "chips": [(code, TRAINING[code] % {"n": within}, found.counts[code]) for code in TRAINING],
        "which": which,
        "days": within,
        "rows": [(one, KINDS[one.kind]) for one in page.rows],
        "kinds": KINDS.items(),
        "units": children(request.scope, request.scope.path),
        "at": at,
    }
    return render(request, "staffing/staff.html", context)


def _day(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if text and found is None:
        raise WrongInput(_("Write the day as 2022-08-10."), fields={"trained_until": "day"})
    return found


@policy(verb=Verb.RUN_SITES)
@require_POST
def renew(request: PostRequest) -> HttpResponse:
    """Write down that those chosen are trained until a day."""
    form = request.POST
    chosen = [one[:12] for one in form.getlist("worker")]
    until = _day(form.get("trained_until", "").strip())
    done = renew_training(scope=request.scope, workers=chosen, until=until, by=request.scope.name, at=now())
    said = ngettext("Training of %(n)d person renewed.", "Training of %(n)d people renewed.", done)
    messages.success(request, said % {"n": done})
    return redirect("staffing:worker", chosen[0]) if form.get("next") == "worker" else redirect("staffing:staff")


@policy(verb=Verb.RUN_SITES)
@require_POST
def give(request: PostRequest) -> HttpResponse:
    """Give somebody a shift at a place."""
    form = request.POST
    new = NewShift(
        worker=form.get("worker", ""),
        place=form.get("place", "")[:12],
        starts_at=must_hour(request, "starts_at"),
        ends_at=must_hour(request, "ends_at"),
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


def _back(request: PostRequest) -> HttpResponse:
    """Return to the page that showed the shifts, if it is one of ours."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts=None) and page.startswith("/testing/")
    return redirect(page if is_ours else "staffing:staff")
