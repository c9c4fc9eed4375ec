from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.ui.refusal import WrongInput
from shali.tracing.queries import words
from shali.tracing.queries.case import case_record, contacts_of_case
from shali.tracing.queries.sources import possible_sources
from shali.tracing.rules import Classification
from shali.tracing.services.cases import Change, classify_case, link_source, note_isolated, unlink_source
from shali.tracing.services.investigation import finish_core, finish_report
from shali.tracing.web import present
from shali.tracing.web.given import day_of_form, hour_of, must_hour


@policy(verb=Verb.SEE_TRACING)
@require_GET
def one(request: PostRequest, case: str) -> HttpResponse:
    at = now()
    found = case_record(request.scope, case, at=at)
    soon = due_soon_share(at)
    names = {name: known.name for name, known in who([step.by for step in found.steps]).items()}
    [line] = present.case_lines([found.row], at=at, soon_share=soon)
    become = [(code, words.CLASSIFICATIONS[code]) for code in (found.row.classification, *found.may_become)]
    return render(
        request,
        "tracing/case.html",
        {
            "found": found,
            "line": line,
            "basis": words.BASES.get(found.source_basis, found.source_basis),
            "title": present.case_title(found.row.number),
            "steps": present.step_lines(found.steps, names),
            "infected": present.case_lines(list(found.infected), at=at, soon_share=soon),
            "contacts": present.contact_lines(contacts_of_case(request.scope, case, at=at), at=at),
            "classes": [(code, word, found.contact_classes.get(code, 0)) for code, word in words.CLASSES.items()],
            "become": become,
            "evidence": words.EVIDENCE.items(),
            "situations": words.SITUATIONS.items(),
            "protections": words.PROTECTIONS.items(),
            "certainties": words.CERTAINTIES.items(),
            "source_certainties": words.SOURCE_CERTAINTIES.items(),
            "sources": [(one, present.case_title(one.number)) for one in possible_sources(request.scope, case, at=at)],
            "at": at,
        },
    )


@policy(verb=Verb.CLASSIFY_CASES)
@require_POST
def classify(request: PostRequest, case: str) -> HttpResponse:
    form = request.POST
    code = form.get("classification", "")
    if code not in {str(int(one)) for one in Classification}:
        raise WrongInput(_("Say what the case is."), fields={"classification": "missing"})
    change = Change(
        classification=Classification(int(code)),
        evidence=form.get("evidence", ""),
        evidence_ref=form.get("evidence_ref", "").strip()[:60],
        onset_on=day_of_form(request, "onset_on"),
        first_positive_at=hour_of(request, "first_positive_at"),
        note=form.get("note", "").strip()[:500],
    )
    classify_case(scope=request.scope, case=case, change=change, seen=_seen(request), by=request.scope.name, at=now())
    messages.success(request, _("Kept. Everybody whom the case met was judged anew."))
    return redirect("tracing:case", case)


@policy(verb=Verb.INVESTIGATE)
@require_POST
def isolated(request: PostRequest, case: str) -> HttpResponse:
    hour = must_hour(request, "isolated_at")
    note_isolated(scope=request.scope, case=case, isolated_at=hour, by=request.scope.name, at=now())
    messages.success(request, _("Kept. Contacts are sought until this hour."))
    return redirect("tracing:case", case)


@policy(verb=Verb.CLASSIFY_CASES)
@require_POST
def source(request: PostRequest, case: str) -> HttpResponse:
    """Name who infected a case, change how sure that is, or take it back."""
    form, at, by = request.POST, now(), request.scope.name
    if form.get("act") == "unlink":
        unlink_source(scope=request.scope, case=case, seen=_seen(request), by=by, at=at)
        messages.success(request, _("Taken back. The case stands without a source."))
    else:
        link_source(
            scope=request.scope,
            case=case,
            source=form.get("source", ""),
            certainty=form.get("certainty", "inferred"),
            basis=form.get("basis", ""),
            seen=_seen(request),
            by=by,
            at=at,
        )
        messages.success(request, _("Kept. The chain shows it now."))
    back = form.get("next", "")
    return redirect("tracing:chain") if back == "chain" else redirect("tracing:case", case)


@policy(verb=Verb.INVESTIGATE)
@require_POST
def finish(request: PostRequest, case: str) -> HttpResponse:
    """End the clock of the core information, or that of the report."""
    step = finish_report if request.POST.get("act") == "report" else finish_core
    step(scope=request.scope, case=case, by=request.scope.name, at=now())
    messages.success(request, _("Complete. The clock has stopped."))
    return redirect("tracing:case", case)


def _seen(request: PostRequest) -> int | None:
    text = request.POST.get("seen", "")
    return int(text) if text.isdigit() else None
