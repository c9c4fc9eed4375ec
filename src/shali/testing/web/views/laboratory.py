from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.ui.uploads import must_upload
from shali.testing.queries import words
from shali.testing.queries.laboratory import FileRow, boxes, files, laboratories, one_box, open_results
from shali.testing.rules import Outcome
from shali.testing.services.laboratory import add_laboratory, receive_box
from shali.testing.services.result_files import take_result_file
from shali.testing.services.results import decide_correction, decide_file
from shali.testing.web import present
from shali.testing.web.given import codes_of, number_of


@policy(verb=Verb.HANDLE_TUBES)
@require_GET
def desk(request: PostRequest) -> HttpResponse:
    """The laboratory's desk: boxes due first, results that wait for somebody, files as they came."""
    at = now()
    soon = due_soon_share(at)
    everything = request.GET.get("which") == "all"
    context = {
        "laboratories": laboratories(request.scope),
        "boxes": [
            present.box_line(one, at=at, soon_share=soon)
            for one in boxes(request.scope, at=at, only_open=not everything)
        ],
        "everything": everything,
        "files": [_file_line(one) for one in files(request.scope)],
        "open_results": [
            (one, words.OUTCOMES[Outcome(one.outcome)], words.WHY_PARKED.get(one.why, ""), _in_force(one.in_force))
            for one in open_results(request.scope)
        ],
        "at": at,
    }
    return render(request, "testing/laboratory.html", context)


def _in_force(outcome: int | None) -> object:
    return words.OUTCOMES[Outcome(outcome)] if outcome else ""


def _file_line(one: FileRow) -> dict[str, object]:
    wrong = [(row, column, WRONG.get(what, what)) for row, column, what in one.wrong]
    return {
        "row": one,
        "state": words.FILE_STATES[one.state],
        "held_for": [words.HELD_FOR[why] for why in one.held_for],
        "wrong": wrong,
    }


WRONG = {
    "missing": _lazy("is empty"),
    "number_cut": _lazy("was cut by a spreadsheet; send it as text"),
    "unknown_word": _lazy("is no result that is known here"),
    "no_hour": _lazy("is no hour; write it as 2022-08-10 08:00"),
    "no_number": _lazy("is no cycle threshold"),
}


@policy(verb=Verb.ENTER_RESULTS)
@require_POST
def new(request: PostRequest) -> HttpResponse:
    form = request.POST
    per_hour = number_of(form.get("per_hour", ""))
    add_laboratory(scope=request.scope, name=form.get("name", ""), per_hour=per_hour, by=request.scope.name, at=now())
    messages.success(request, _("Added."))
    return redirect("testing:laboratory")


@policy(verb=Verb.HANDLE_TUBES)
@require_http_methods(["GET", "HEAD", "POST"])
def box(request: PostRequest, box: str) -> HttpResponse:
    """Receive a box by scanning its tubes: what was sent against what came, before it is on record and after."""
    at = now()
    if request.method == "POST":
        form = request.POST
        got = receive_box(
            scope=request.scope,
            box=box,
            laboratory=form.get("laboratory", ""),
            scanned=codes_of(form.get("scanned", "")),
            broken=codes_of(form.get("broken", "")),
            by=request.scope.name,
            at=at,
        )
        said = _("Received: %(found)d tubes; %(missing)d missing, %(extra)d that nobody sent, %(broken)d broken.")
        counts = {"found": got.found, "missing": len(got.missing), "extra": len(got.extra), "broken": len(got.broken)}
        messages.success(request, said % counts)
        return redirect("testing:box", box)
    row = one_box(request.scope, box, at=at)
    line = present.box_line(row, at=at, soon_share=due_soon_share(at))
    return render(
        request, "testing/box.html", {"line": line, "row": row, "laboratories": laboratories(request.scope), "at": at}
    )


@policy(verb=Verb.ENTER_RESULTS)
@require_POST
def hand_in(request: PostRequest) -> HttpResponse:
    """Take a laboratory's file of results."""
    upload = must_upload(request, _("Choose the file of results."))
    file = take_result_file(
        scope=request.scope,
        laboratory=request.POST.get("laboratory", ""),
        path=upload.path,
        file_name=upload.name,
        by=request.scope.name,
        at=now(),
    )
    if file.state == "held":
        messages.warning(request, _("Held: these results cannot be so. A second person decides."))
    else:
        messages.success(request, _("Taken: %(rows)d lines.") % {"rows": file.rows})
    return redirect("testing:laboratory")


@policy(verb=Verb.DECIDE_RESULTS)
@require_POST
def decide(request: PostRequest, result_file: str) -> HttpResponse:
    """Take a held file after all, or refuse it."""
    is_taken = request.POST.get("decision") == "take"
    decide_file(scope=request.scope, file=result_file, is_taken=is_taken, by=request.scope.name, at=now())
    messages.success(request, _("Decided, with your name."))
    return redirect("testing:laboratory")


@policy(verb=Verb.DECIDE_RESULTS)
@require_POST
def correct(request: PostRequest, result: str) -> HttpResponse:
    """Let a result that contradicts take the place of the one in force, or refuse it."""
    is_taken = request.POST.get("decision") == "take"
    decide_correction(scope=request.scope, result=result, is_taken=is_taken, by=request.scope.name, at=now())
    messages.success(request, _("Decided, with your name."))
    return redirect("testing:laboratory")
