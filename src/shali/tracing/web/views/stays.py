from itertools import groupby

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.journal.access import record_access
from shali.foundation.ui.refusal import WrongInput
from shali.tracing.queries import words
from shali.tracing.queries.case import case_record, stays_of
from shali.tracing.services.stays import Told, confirm_stay, repeat_day, tell_stay, withdraw_stay
from shali.tracing.web import present
from shali.tracing.web.given import must_hour


@policy(verb=Verb.INVESTIGATE)
@require_http_methods(["GET", "HEAD", "POST"])
def stays(request: PostRequest, case: str) -> HttpResponse:
    """Where a case was, day by day; each opening of the page is on record."""
    at = now()
    if request.method == "POST":
        return _tell(request, case)
    with transaction.atomic():
        found = case_record(request.scope, case, at=at)
        rows = stays_of(request.scope, case, at=at)
        record_access(
            scope=request.scope,
            act="investigate",
            purpose="investigation",
            subject_kind="case",
            subject=found.id,
            fields=["stays"],
            at=at,
        )
    lines = [
        {
            "row": row,
            "transport": words.TRANSPORTS.get(row.transport, ""),
            "ventilation": words.VENTILATIONS.get(row.ventilation, ""),
        }
        for row in rows
    ]
    by_day = groupby(zip(rows, lines, strict=True), key=lambda pair: pair[0].day)
    days = [(day, [line for _row, line in of_day]) for day, of_day in by_day]
    return render(
        request,
        "tracing/stays.html",
        {
            "found": found,
            "title": present.case_title(found.row.number),
            "days": days,
            "transports": words.TRANSPORTS.items(),
            "ventilations": words.VENTILATIONS.items(),
            "at": at,
        },
    )


def _tell(request: PostRequest, case: str) -> HttpResponse:
    form, at = request.POST, now()
    people = form.get("people", "")
    told = Told(
        from_at=must_hour(request, "from_at"),
        to_at=must_hour(request, "to_at"),
        place=form.get("place", "")[:200],
        transport=form.get("transport", ""),
        vehicle=form.get("vehicle", "")[:60],
        mask={"yes": True, "no": False}.get(form.get("mask", "")),
        ventilation=form.get("ventilation", ""),
        people=int(people) if people.isdigit() and len(people) < 6 else None,
    )
    confirmed = form.get("confirmed") == "1"
    tell_stay(scope=request.scope, case=case, told=told, by=request.scope.name, at=at, confirmed=confirmed)
    messages.success(request, _("Kept."))
    return redirect("tracing:stays", case)


@policy(verb=Verb.INVESTIGATE)
@require_POST
def repeat(request: PostRequest, case: str) -> HttpResponse:
    """Let other days be like one that was told."""
    day = parse_date(request.POST.get("day", "")[:10] or "-")
    others = [parse_date(one[:10]) for one in request.POST.getlist("on") if one]
    if day is None or not others:
        raise WrongInput(_("Choose the days that were alike."), fields={"on": "missing"})
    made = repeat_day(
        scope=request.scope,
        case=case,
        day=day,
        on=[one for one in others if one is not None],
        by=request.scope.name,
        at=now(),
    )
    messages.success(request, _("Copied: %(n)d stays, as told. Confirm each.") % {"n": len(made)})
    return redirect("tracing:stays", case)


@policy(verb=Verb.INVESTIGATE)
@require_POST
def change(request: PostRequest, stay: str) -> HttpResponse:
    """Confirm what was told, or take it back."""
    step = withdraw_stay if request.POST.get("act") == "withdraw" else confirm_stay
    row = step(scope=request.scope, stay=stay, by=request.scope.name, at=now())
    messages.success(request, _("Kept."))
    return redirect("tracing:stays", row.case.public_id)
