import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.journal.access import record_access
from shali.foundation.policy.rules import undo_minutes
from shali.foundation.ui.refusal import WrongInput
from shali.verification.queries import words
from shali.verification.queries.words import Way
from shali.verification.queries.worker import my_people
from shali.verification.rules import Fact
from shali.verification.services.endings import undo_ending
from shali.verification.services.entries import Entry, take_entries
from shali.verification.web import present

MOST_ENTRIES = 500


@policy(verb=Verb.RECORD_FINDINGS)
@require_GET
def my_people_page(request: PostRequest) -> HttpResponse:
    at = now()
    which = request.GET.get("which", "open")
    page = my_people(request.scope, at=at, which=which if which in ("open", "overdue", "soon") else "open")
    cards = [
        {
            "row": row,
            "questions": present.questions(row),
            "facts": present.facts_of(row),
            "missing": present.missing_words(row),
            "is_ready": all(present.facts_of(row)),
        }
        for row in page.rows
    ]
    response = render(
        request,
        "verification/my_people.html",
        {
            "page": page,
            "cards": cards,
            "which": which,
            "at": at,
            "undo_minutes": undo_minutes(at),
            "results": words.RESULTS,
            "anomalies": words.ANOMALIES,
            "ways": words.WAYS,
            "seen": words.SEEN,
            "hours": [(1, _("in 1 hour")), (2, _("in 2 hours")), (4, _("in 4 hours")), (12, _("in 12 hours"))],
        },
    )
    if page.rows:
        # No prompt for one's own open tasks, but no look without its record either. The record
        # is the last thing before the page goes out: from here on others wait for the end of the chain.
        record_access(
            scope=request.scope,
            act="work_list",
            purpose="own_tasks",
            subject_kind="task_list",
            subject=None,
            fields=["name", "phone", "address", "document_tail"],
            people=[row.person for row in page.rows],
            at=at,
        )
    return response


@policy(verb=Verb.RECORD_FINDINGS)
@require_POST
def entries(request: PostRequest) -> HttpResponse:
    """Take what a phone had queued: a JSON list of entries, each answered by its own name."""
    at = now()
    try:
        given = json.loads(request.body)["entries"]
        read = [_entry(one) for one in given[:MOST_ENTRIES]]
    except (ValueError, KeyError, TypeError) as error:
        raise WrongInput(_("These entries cannot be read.")) from error
    outcomes = take_entries(scope=request.scope, entries=read, by=request.scope.name, at=at)
    return JsonResponse(
        {"outcomes": [{"entry": str(o.entry), "taken": o.is_taken, "message": o.message} for o in outcomes]}
    )


@policy(verb=Verb.RECORD_FINDINGS)
@require_POST
def one_task(request: PostRequest, task: str) -> HttpResponse:
    """The same without JavaScript: the answers of one person's card in one form."""
    at = now()
    form = request.POST
    way = int(form.get("way", Way.PHONE)) if form.get("way", "1").isdigit() else int(Way.PHONE)
    read = [
        Entry(
            entry=uuid4(), task=task, kind="finding", taken_at=at, fact=int(f), answer=form[f"fact_{int(f)}"], way=way
        )
        for f in Fact
        if form.get(f"fact_{int(f)}") and form.get(f"fact_{int(f)}") != form.get(f"given_{int(f)}")
    ]
    if form.get("result", "").isdigit() and form.get("act") == "attempt":
        hours = form.get("again_in", "")
        later = at + timedelta(hours=int(hours)) if hours.isdigit() else None
        read.append(Entry(uuid4(), task, "attempt", at, way=way, result=int(form["result"]), next_attempt_at=later))
    if form.get("anomaly", "").isdigit():
        read.append(Entry(uuid4(), task, "anomaly", at, anomaly=int(form["anomaly"]), note=form.get("note", "")[:500]))
    if form.get("act") == "identity":
        question, number = form.get("question", "")[:12], form.get("number", "")[:40]
        seen = form.get("seen", "")[:40]
        read.append(Entry(uuid4(), task, "identity", at, answer=seen, question=question, number=number))
    if form.get("act") == "close":
        read.append(Entry(uuid4(), task, "close", at))
    outcomes = take_entries(scope=request.scope, entries=read, by=request.scope.name, at=at)
    refused = [outcome.message for outcome in outcomes if not outcome.is_taken]
    for message in refused:
        messages.error(request, message)
    if not refused:
        struck_off = _("Struck off. Undo within %(n)d minutes on the task's page.") % {"n": undo_minutes(at)}
        messages.success(request, struck_off if form.get("act") == "close" else _("Kept."))
    back = form.get("next", "")
    return redirect(back if back.startswith("/tasks/") else "verification:my_people")


@policy(verb=Verb.RECORD_FINDINGS)
@require_POST
def undo(request: PostRequest, task: str) -> HttpResponse:
    undo_ending(scope=request.scope, task=task, by=request.scope.name, at=now())
    messages.success(request, _("Open again. The clock runs from hand-over, as before."))
    back = request.POST.get("next", "")
    return redirect(back if back.startswith("/tasks/") else "verification:my_people")


def _entry(one: dict[str, Any]) -> Entry:
    later = one.get("next_attempt_at")
    return Entry(
        entry=UUID(one["entry"]),
        task=str(one["task"])[:12],
        kind=str(one["kind"]),
        taken_at=datetime.fromtimestamp(float(one["taken_at"]) / 1000, UTC),
        fact=int(one.get("fact") or 0),
        answer=str(one.get("answer") or "")[:40],
        way=int(one.get("way") or Way.PHONE),
        result=int(one.get("result") or 0),
        next_attempt_at=datetime.fromtimestamp(float(later) / 1000, UTC) if later else None,
        anomaly=int(one.get("anomaly") or 0),
        note=str(one.get("note") or "")[:500],
        question=str(one.get("question") or "")[:12],
        number=str(one.get("number") or "")[:40],
    )
