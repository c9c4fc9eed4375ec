from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import day_of, now
from shali.foundation.ui.refusal import WrongInput
from shali.tracing.queries import words
from shali.tracing.queries.contact import ContactRecord, contact_record
from shali.tracing.rules import Seen
from shali.tracing.services import observing, releasing
from shali.tracing.services.contacts import confirm_relationship, withdraw_relationship
from shali.tracing.services.health import read_health
from shali.tracing.web import present
from shali.tracing.web.given import hour_of


@policy(Verb.SEE_TRACING, Verb.FOLLOW_UP)
@require_GET
def one(request: PostRequest, contact: str) -> HttpResponse:
    at = now()
    found = contact_record(request.scope, contact, at=at)
    return render(
        request,
        "tracing/contact.html",
        {
            "found": found,
            "line": present.contact_line(found.row, at=at),
            "why": present.why_class(found),
            "days": present.day_cells(found.days),
            **_history(found),
            "measures": [(one, words.MEASURES.get(one.kind, one.kind)) for one in found.measures],
            "places": words.PLACES.items(),
            "seen": [(int(code), word) for code, word in words.SEEN.items() if code != Seen.NOT_ATTEMPTED],
            "symptoms": words.SYMPTOMS.items(),
            "withdrawals": words.WITHDRAWALS.items(),
            "situations": words.SITUATIONS.items(),
            "protections": words.PROTECTIONS.items(),
            "certainties": words.CERTAINTIES.items(),
            "link": request.session.pop(f"self_link_{contact}", ""),
            "today": day_of(at),
            "at": at,
        },
    )


@policy(verb=Verb.FOLLOW_UP)
@require_GET
def health(request: PostRequest, contact: str) -> HttpResponse:
    """What was entered of a contact's health, symptoms in plain; each opening of the page is on record."""
    at = now()
    entries = read_health(scope=request.scope, contact=contact, at=at)
    found = contact_record(request.scope, contact, at=at)
    names = who([one.by for one in entries])
    lines = [
        {
            "row": one,
            "seen": words.SEEN[one.status],
            "is_unwell": one.status == Seen.UNWELL,
            "symptoms": [words.SYMPTOMS[code] for code in one.symptoms],
            "who": names.get(one.by),
        }
        for one in entries
    ]
    return render(request, "tracing/health.html", {"found": found, "lines": lines, "at": at})


def _history(found: ContactRecord) -> dict[str, object]:
    """Return whom a contact met and the plans he had, in words."""
    names = who([met.entered_by for met in found.relationships] + [plan.made_by for plan in found.plans])
    return {
        "met": [
            {
                "row": met,
                "title": present.case_title(met.case_number) if met.case_number else "",
                "situation": words.SITUATIONS[met.situation],
                "protection": words.PROTECTIONS[met.protection],
                "certainty": words.CERTAINTIES[met.certainty],
                "class": words.CLASSES[met.judged_class],
                "why": words.WHY.get(met.why, met.why),
                "withdrawn": words.WITHDRAWALS.get(met.withdrawn_why, ""),
                "who": names[met.entered_by].name if met.entered_by in names else "",
            }
            for met in found.relationships
        ],
        "plans": [
            {
                "row": plan,
                "class": words.CLASSES[plan.contact_class],
                "cause": words.CAUSES.get(plan.caused_by, plan.caused_by),
                "phases": [(words.MEASURES.get(kind, kind), first, last) for kind, first, last in plan.phases],
                "who": names[plan.made_by].name if plan.made_by in names else "",
            }
            for plan in found.plans
        ],
    }


@policy(verb=Verb.FOLLOW_UP)
@require_POST
def act(request: PostRequest, contact: str) -> HttpResponse:
    """Do one of the things that a contact's page offers; each is a service of its own."""
    form, at = request.POST, now()
    common: Any = {"scope": request.scope, "contact": contact, "by": request.scope.name, "at": at}
    match form.get("act"):
        case "place":
            observing.set_place(kind=form.get("kind", ""), place=form.get("place", ""), **common)
            messages.success(request, _("Kept."))
        case "moved":
            observing.note_moved(moved_at=hour_of(request, "moved_at") or at, **common)
            messages.success(request, _("Kept. The clock of moving has stopped."))
        case "test":
            result = {"negative": True, "positive": False}.get(form.get("result", ""))
            observing.note_test(on=_day(request), negative=result, **common)
            messages.success(request, _("Kept."))
        case "observe":
            status = form.get("status", "")
            if status not in {"1", "2", "3"}:
                raise WrongInput(_("Say how the person is."), fields={"status": "missing"})
            told = observing.Told(Seen(int(status)), form.get("temperature", ""), tuple(form.getlist("symptom")))
            observing.observe(on=_day(request), told=told, **common)
            messages.success(request, _("Kept."))
        case "release":
            releasing.release(**common)
            messages.success(request, _("Released. Every condition held."))
        case "lost":
            releasing.end_as_lost(**common)
            messages.success(request, _("Ended: the person cannot be reached."))
        case "link":
            secret = observing.make_self_link(**common)
            request.session[f"self_link_{contact}"] = request.build_absolute_uri(
                reverse("tracing:oneself", args=[secret])
            )
        case _:
            raise WrongInput(_("Choose what to do."))
    return redirect("tracing:contact", contact)


def _day(request: PostRequest) -> date:
    try:
        found = parse_date(request.POST.get("on", ""))
    except ValueError:
        found = None
    return found or day_of(now())


@policy(verb=Verb.INVESTIGATE)
@require_POST
def relationship(request: PostRequest, relationship: str) -> HttpResponse:
    """Take a relationship back, or say how sure it is; the contact is judged anew."""
    form, at, by = request.POST, now(), request.scope.name
    if form.get("act") == "withdraw":
        changed = withdraw_relationship(
            scope=request.scope, relationship=relationship, why=form.get("why", ""), by=by, at=at
        )
    else:
        changed = confirm_relationship(
            scope=request.scope, relationship=relationship, certainty=form.get("certainty", ""), by=by, at=at
        )
    messages.success(request, _("Kept. The contact was judged anew; the old plan is on record."))
    return redirect("tracing:contact", changed.public_id)
