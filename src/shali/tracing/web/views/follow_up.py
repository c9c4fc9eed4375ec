from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import day_of, now
from shali.foundation.ui.refusal import WrongInput
from shali.tracing.queries import words
from shali.tracing.queries.contacts import days_to_see
from shali.tracing.queries.ring import Part, ring
from shali.tracing.rules import Seen
from shali.tracing.services import observing


@policy(verb=Verb.FOLLOW_UP)
@require_GET
def today(request: PostRequest) -> HttpResponse:
    """Whom to see today, on a phone: one's own first."""
    at = now()
    rows = days_to_see(request.scope, at=at)
    cards = [
        {
            "row": row,
            "measure": words.MEASURES.get(row.measure, row.measure),
            "place": row.place or words.PLACES.get(row.place_kind, ""),
            "status": words.SEEN.get(row.status or 0, ""),
        }
        for row in rows
    ]
    # Where the second tab leads to.
    first_done = next((card for card, row in zip(cards, rows, strict=True) if row.status is not None), None)
    left = sum(row.status is None for row in rows)
    missed = ring(request.scope, Part(), at=at).gaps["missed_twice"]
    context: dict[str, object] = {
        "cards": cards,
        "first_done": first_done,
        "left": left,
        "done": len(rows) - left,
        "missed": missed,
        "at": at,
    }
    context["symptoms"] = words.SYMPTOMS.items()
    return render(request, "tracing/follow_up.html", context)


@policy(verb=Verb.FOLLOW_UP)
@require_POST
def enter(request: PostRequest, contact: str) -> HttpResponse:
    """Enter how somebody is today, and his test if one is due."""
    form, at, by = request.POST, now(), request.scope.name
    status = form.get("status", "")
    if status in {"1", "2", "3"}:
        told = observing.Told(Seen(int(status)), form.get("temperature", "")[:5], tuple(form.getlist("symptom")))
        observing.observe(scope=request.scope, contact=contact, on=day_of(at), told=told, by=by, at=at)
    elif form.get("act") != "test":
        raise WrongInput(_("Say how the person is."), fields={"status": "missing"})
    if form.get("tested") == "1" or form.get("act") == "test":
        observing.note_test(scope=request.scope, contact=contact, on=day_of(at), negative=None, by=by, at=at)
    messages.success(request, _("Kept."))
    return redirect("tracing:follow_up")
