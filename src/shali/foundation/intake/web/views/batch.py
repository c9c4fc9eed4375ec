from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.intake.queries import batches, words
from shali.foundation.intake.queries.words import Batch, BatchState
from shali.foundation.intake.services.confirm import confirm_and_defer
from shali.foundation.intake.services.mappings import correct_mapping
from shali.foundation.intake.services.mended import take_mended
from shali.foundation.intake.services.preview import preview
from shali.foundation.intake.services.rejected import rejected_workbook
from shali.foundation.intake.services.undo import undo_batch
from shali.foundation.intake.web import present
from shali.foundation.intake.web.forms import DifferenceForm, columns_said
from shali.foundation.intake.web.homes import home_of_batch
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.ui.uploads import must_upload

# By the file's purpose: a pushed list, an exposure's roster, a group's people. Which is asked with the batch.
SEE = (Verb.SEE_LISTS, Verb.SEE_TRACING, Verb.SEE_TESTING)
TAKE = (Verb.RECEIVE_LISTS, Verb.INVESTIGATE, Verb.RUN_SITES)


@policy(*SEE)
@require_GET
def one(request: PostRequest, batch: str) -> HttpResponse:
    found = batches.batch_seen(request.scope, batch)
    line, agrees = present.announced_line(found)
    shown: dict[str, object] = {
        "batch": found,
        "state": words.BATCH_STATES[found.state],
        "announced": line,
        "agrees": agrees,
        "warnings": present.warnings(found),
        "accepted_by": _name(found.difference_accepted_by),
        "accepted_because": words.DIFFERENCES.get(found.difference_reason, ""),
        "undone_by": _name(found.undone_by),
        "may_take": batches.may_take(request.scope, found),
        "home": home_of_batch(request.scope, purpose=found.purpose, batch=found.pk),
    }
    if found.state in (BatchState.MAPPING, BatchState.DIFFERENCE):
        head = preview(request.scope, batch=found)
        shown |= {
            "tables": present.tables(found, head),
            "rejected": present.rejected(found, head),
            "form": DifferenceForm(),
        }
        return render(request, "intake/mapping.html", shown)
    if found.state == BatchState.SETTLED:
        shown |= _rows(request, found)
    return render(request, "intake/batch.html", shown)


def _rows(request: PostRequest, found: Batch) -> dict[str, object]:
    state = request.GET.get("state", "all")
    after, _tilde, before = request.GET.get("after", "").partition("~")
    page = batches.rows_page(
        request.scope,
        found,
        state=state,
        at=now(),
        after=int(after) if after.isdecimal() else 0,
        shown=int(before) if before.isdecimal() else 0,
    )
    return {
        "identity": present.identity(found),
        "page": page,
        "rows": [present.row(row) for row in page.rows],
        "which": state,
    }


def _name(by: str) -> str:
    names = who([by]) if by else {}
    return names[by].name if by in names else by


@policy(*TAKE)
@require_POST
def mapping(request: PostRequest, batch: str) -> HttpResponse:
    found = batches.batch_taken(request.scope, batch)
    said = columns_said(request.POST.dict(), found.inspection.get("sheets", []))
    correct_mapping(scope=request.scope, batch=batch, columns=said, by=request.scope.name, at=now())
    return redirect("intake:batch", batch)


@policy(*TAKE)
@require_POST
def confirm(request: PostRequest, batch: str) -> HttpResponse:
    batches.batch_taken(request.scope, batch)
    reason = request.POST.get("difference", "")
    if reason and reason not in words.DIFFERENCES:
        raise WrongInput(f"There is no reason {reason[:40]}.")
    confirm_and_defer(scope=request.scope, batch=batch, by=request.scope.name, at=now(), difference_reason=reason)
    return redirect("intake:batch", batch)


@policy(*TAKE)
@require_POST
def rejected(request: PostRequest, batch: str) -> FileResponse:
    batches.batch_taken(request.scope, batch)
    made = rejected_workbook(scope=request.scope, batch=batch, by=request.scope.name, at=now())
    return FileResponse(made.content, as_attachment=True, filename=made.file_name, content_type=made.content_type)


@policy(*TAKE)
@require_POST
def mended(request: PostRequest, batch: str) -> HttpResponse:
    """Take back the workbook of rejected rows, mended: only those rows are taken."""
    batches.batch_taken(request.scope, batch)
    upload = must_upload(request, _("Choose the workbook of rejected rows, mended."))
    done = take_mended(
        scope=request.scope,
        batch=batch,
        path=upload.path,
        file_name=upload.name,
        by=request.scope.name,
        at=now(),
    )
    messages.success(request, present.mended_words(done))
    return redirect("intake:batch", batch)


@policy(verb=Verb.UNDO_LISTS)
@require_POST
def undo(request: PostRequest, batch: str) -> HttpResponse:
    undo_batch(scope=request.scope, batch=batch, by=request.scope.name, at=now())
    return redirect("intake:batch", batch)
