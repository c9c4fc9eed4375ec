from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.journal.queries import looks
from shali.foundation.journal.web.words import ACTS, PURPOSES
from shali.foundation.people import rules
from shali.foundation.people.queries.merges import merges
from shali.foundation.people.queries.record import person_record
from shali.foundation.people.services.find import find_by_number
from shali.foundation.people.services.grounds import grounds
from shali.foundation.people.services.merge import decide_merge, propose_merge, undo_merge
from shali.foundation.people.services.reveal import Revealed, looks_left, reveal
from shali.foundation.people.web import words
from shali.foundation.people.web.panels import person_panels
from shali.foundation.ui.refusal import WrongInput

LOOKS_SHOWN = 20


@policy(verb=Verb.SEE_PEOPLE)
@require_GET
def person(request: PostRequest, person: str) -> HttpResponse:
    return _page(request, person, at=now())


@policy(verb=Verb.REVEAL)
@require_POST
def show(request: PostRequest, person: str) -> HttpResponse:
    """Answer with the values themselves: they pass through no session and no address, and the page hides them again."""
    at, given = now(), request.POST
    shown = reveal(
        scope=request.scope,
        person=person,
        fields=given.getlist("field"),
        purpose=given.get("purpose", ""),
        reason=given.get("reason", "")[:200],
        task=given.get("task", ""),
        at=at,
    )
    return _page(request, person, at=at, shown=shown)


def _page(request: PostRequest, person: str, *, at: datetime, shown: Revealed | None = None) -> HttpResponse:
    found = person_record(request.scope, person, at=at)
    seen = looks(request.scope, person=found.id, limit=LOOKS_SHOWN)
    tasks = {one.id: one for one in grounds(scope=request.scope, person=found.id)}
    context = {
        "found": found,
        "documents": [(words.DOCUMENTS.get(one.kind), one, words.SOURCES.get(one.source)) for one in found.documents],
        "phones": [(one, words.SOURCES.get(one.source)) for one in found.phones],
        "addresses": [(words.ADDRESSES.get(one.kind), one, words.SOURCES.get(one.source)) for one in found.addresses],
        "source": words.SOURCES.get(found.source, found.source),
        "fields": words.FIELDS.items(),
        "purposes": [(code, PURPOSES[code]) for code in rules.PURPOSES],
        "shown": [(words.FIELDS[name], values) for name, values in shown.values] if shown else [],
        "hide_at": shown.hide_at if shown else None,
        "hide_ms": int(shown.hide_at.timestamp() * 1000) if shown else None,
        "left": looks_left(scope=request.scope, at=at),
        "panels": person_panels(scope=request.scope, person=found.id, at=at),
        "grounds": tasks.values(),
        "looks": [
            (one, ACTS.get(one.act, one.act), PURPOSES.get(one.purpose, one.purpose), tasks.get(one.task or 0))
            for one in seen
        ],
        "reasons": words.MERGE_REASONS,
        "at": at,
    }
    return render(request, "people/person.html", context)


@policy(verb=Verb.REVEAL)
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: PostRequest) -> HttpResponse:
    """Find by a number, in the body of the request and never in its address."""
    if request.method != "POST":
        return render(request, "people/search.html", {"asked": False})
    try:
        found = find_by_number(scope=request.scope, number=request.POST.get("number", "")[:60], at=now())
    except WrongInput as wrong:
        return render(request, "people/search.html", {"asked": False, "wrong": wrong.message}, status=422)
    return render(request, "people/search.html", {"asked": True, "people": found})


@policy(Verb.PROPOSE_MERGE, Verb.DECIDE_MERGE)
@require_GET
def merge_list(request: PostRequest) -> HttpResponse:
    waiting = request.GET.get("decided") != "1"
    rows = [
        (row, words.MERGES[row.state], words.MERGE_REASONS.get(row.reason, row.reason))
        for row in merges(request.scope, at=now(), waiting=waiting)
    ]
    may_decide = Verb.DECIDE_MERGE in request.scope.verbs
    return render(request, "people/merges.html", {"rows": rows, "waiting": waiting, "may_decide": may_decide})


@policy(verb=Verb.PROPOSE_MERGE)
@require_POST
def propose(request: PostRequest, person: str) -> HttpResponse:
    reason = request.POST.get("reason", "")
    if reason not in words.MERGE_REASONS:
        raise WrongInput(_("Say why the two records are one person."))
    other = request.POST.get("other", "").strip()
    propose_merge(scope=request.scope, kept=person, lost=other, reason=reason, by=request.scope.name, at=now())
    messages.success(request, _("Proposed. Somebody else decides."))
    return redirect("people:merges")


@policy(verb=Verb.DECIDE_MERGE)
@require_POST
def decide(request: PostRequest, merge: str) -> HttpResponse:
    agrees = request.POST.get("answer") == "agree"
    decide_merge(scope=request.scope, merge=merge, agrees=agrees, by=request.scope.name, at=now())
    messages.success(request, _("One record now. It comes apart again without loss.") if agrees else _("Refused."))
    return redirect("people:merges")


@policy(verb=Verb.DECIDE_MERGE)
@require_POST
def undo(request: PostRequest, merge: str) -> HttpResponse:
    undo_merge(scope=request.scope, merge=merge, by=request.scope.name, at=now())
    messages.success(request, _("Two records again, each with what it had."))
    return redirect("people:merges")
