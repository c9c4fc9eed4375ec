from datetime import datetime
from typing import Any, TypedDict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import posts_at
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.queries.choices import departments_above, units_to_choose
from shali.foundation.tasks.queries.task import TaskRecord, task_record
from shali.foundation.tasks.services import accept as own
from shali.foundation.tasks.services import bulk
from shali.foundation.tasks.services import transfer as passing
from shali.foundation.tasks.services.department import ask_department
from shali.foundation.tasks.web import present, words
from shali.foundation.tasks.web.panels import panel
from shali.foundation.ui.refusal import WrongInput


class _Given(TypedDict):
    """What every act on a task is told."""

    scope: Scope
    task: str
    seen: int | None
    by: str
    at: datetime


@policy(verb=Verb.SEE_TASKS)
@require_GET
def one(request: PostRequest, task: str) -> HttpResponse:
    at = now()
    record = task_record(request.scope, task, at=at)
    shown = panel(record.row.kind, scope=request.scope, task=task, at=at) if record.is_ours else None
    return render(
        request,
        "tasks/task.html",
        {
            "record": record,
            "row": record.row,
            "owners": [(unit, request.scope.holds(unit.path)) for unit in record.owners],
            "kind": words.KINDS.get(record.row.kind, record.row.kind),
            "panel": render_to_string(shown.template, dict(shown.context), request) if shown else "",
            "history": present.history(record.history),
            "transfers": present.transfers(record.transfers, request.scope, at=at),
            "joint": present.joint(record.joint),
            "why_not": present.why_not(record, request.scope),
            "waits_for": words.BLOCKED_ON.get(record.row.blocked_on, ""),
            "at": at,
            **_choices(request.scope, record, at),
        },
    )


def _choices(scope: Scope, record: TaskRecord, at: datetime) -> dict[str, Any]:
    """What the forms of the page offer; units and posts are named by their public codes."""
    return {
        "posts": posts_at(scope, record.row.path, at=at),
        "units": units_to_choose(scope, record.row.path),
        "departments": departments_above(scope, record.row.path),
        "refusals": words.REFUSALS,
        "reasons": words.TRANSFERS,
        "blocks": words.BLOCKED_ON,
        "asks": words.ASKS,
    }


def _given(request: PostRequest, task: str) -> _Given:
    seen = request.POST.get("seen", "")
    return _Given(
        scope=request.scope, task=task, seen=int(seen) if seen.isdigit() else None, by=request.scope.name, at=now()
    )


def _note(request: PostRequest) -> str:
    return request.POST.get("note", "").strip()[:500]


@policy(verb=Verb.ACCEPT_TASKS)
@require_POST
def work(request: PostRequest, task: str) -> HttpResponse:
    """Accept, wait, go on, note: what the owner says of its own work."""
    given = _given(request, task)
    match request.POST.get("act"):
        case "accept":
            own.accept(**given)
        case "block":
            own.block(**given, waits_for=request.POST.get("waits_for", ""), note=_note(request))
        case "unblock":
            own.unblock(**given)
        case "note":
            own.note(**given, text=_note(request))
        case _:
            raise WrongInput(_("Choose what to do with the task."))
    return _kept(request, task)


@policy(verb=Verb.ASSIGN_TASKS)
@require_POST
def assign(request: PostRequest, task: str) -> HttpResponse:
    own.assign(**_given(request, task), post=request.POST.get("post") or None)
    return _kept(request, task)


@policy(verb=Verb.TRANSFER_TASKS)
@require_POST
def pass_on(request: PostRequest, task: str) -> HttpResponse:
    """Refuse a task, or ask another unit to take it."""
    given, form = _given(request, task), request.POST
    if form.get("act") == "refuse":
        passing.refuse(**given, reason=form.get("reason", ""), note=_note(request))
    else:
        to = form.get("path", "").strip() or form.get("unit", "")
        passing.ask_transfer(**given, to=to, reason=form.get("reason", ""), note=_note(request))
    return _kept(request, task)


@policy(verb=Verb.TRANSFER_TASKS)
@require_POST
def answer(request: PostRequest, transfer: str) -> HttpResponse:
    """Take over or not (who was asked), withdraw or insist (who asked)."""
    who: dict[str, Any] = {"scope": request.scope, "transfer": transfer, "by": request.scope.name, "at": now()}
    match request.POST.get("act"):
        case "accept":
            done = passing.answer_transfer(**who, accepts=True, note=_note(request))
        case "refuse":
            done = passing.answer_transfer(**who, accepts=False, note=_note(request))
        case "withdraw":
            done = passing.withdraw_transfer(**who)
        case "insist":
            done = passing.insist(**who, note=_note(request))
        case _:
            raise WrongInput(_("Choose an answer."))
    messages.success(request, _("Kept."))
    if request.POST.get("act") == "refuse":
        return redirect("tasks:desk")
    return redirect("tasks:task", done.task.public_id)


@policy(verb=Verb.ARBITRATE)
@require_POST
def arbitrate(request: PostRequest, transfer: str) -> HttpResponse:
    to = request.POST.get("path", "").strip() or request.POST.get("unit", "")
    passing.arbitrate(
        scope=request.scope, transfer=transfer, to=to, note=_note(request), by=request.scope.name, at=now()
    )
    messages.success(request, _("Decided. The clock runs from hand-over, as before."))
    return redirect("tasks:arbitration")


@policy(verb=Verb.REMIND)
@require_POST
def remind(request: PostRequest, task: str) -> HttpResponse:
    bulk.remind_many(scope=request.scope, selection=bulk.Selection(tasks=[task]), by=request.scope.name, at=now())
    return _kept(request, task)


@policy(verb=Verb.ASK_DEPARTMENTS)
@require_POST
def ask(request: PostRequest, task: str) -> HttpResponse:
    form = request.POST
    chosen = form.get("department", "")
    ask_department(
        **_given(request, task),
        department=int(chosen) if chosen.isdigit() else 0,
        ask=form.get("ask", ""),
        note=_note(request),
    )
    return _kept(request, task)


def _kept(request: PostRequest, task: str) -> HttpResponse:
    messages.success(request, _("Kept."))
    return redirect("tasks:task", task)
