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
from shali.testing.queries.boxes import BOXES, boxes, boxes_counted, one_box, strays
from shali.testing.queries.laboratory import (
    FILES,
    WAIT,
    FileRow,
    files,
    files_held,
    laboratories,
    open_results,
    results_counted,
)
from shali.testing.rules import Outcome
from shali.testing.rules.result_file import HEADINGS
from shali.testing.services.laboratory import add_laboratory, receive_box
from shali.testing.services.result_files import take_result_by_hand, take_result_file
from shali.testing.services.results import decide_correction, decide_file
from shali.testing.services.settling import match_result, refuse_result
from shali.testing.web import present
from shali.testing.web.given import after_of, codes_of, number_of, word_of


@policy(verb=Verb.HANDLE_TUBES)
@require_GET
def desk(request: PostRequest) -> HttpResponse:
    """The laboratory's desk: boxes due first, results that wait for somebody, files as they came."""
    at = now()
    soon = due_soon_share(at)
    which, wait = word_of(request, BOXES, "open"), results_counted(request.scope)
    waits = word_of(request, WAIT, next((code for code, n in wait.items() if n), "waiting"), name="waits")
    came = word_of(request, FILES, "all", name="files")
    page = boxes(request.scope, which, at=at, after=after_of(request, "boxes"))
    results = open_results(request.scope, waits, after=after_of(request, "results"))
    handed = files(request.scope, came, after=after_of(request, "files"))
    counts = boxes_counted(request.scope, at=at)
    context = {
        "laboratories": laboratories(request.scope),
        "boxes": [present.box_line(one, at=at, soon_share=soon) for one in page.rows],
        "box_page": page,
        "box_chips": [(code, words.BOXES[code], present.capped(counts[code])) for code in BOXES],
        "which": which,
        "result_page": results,
        "result_chips": [(code, words.WAIT[code], present.capped(wait[code])) for code in WAIT],
        "waits": waits,
        "any_waits": any(wait.values()),
        "file_page": handed,
        "held": present.capped(files_held(request.scope)),
        "came": came,
        "matched_for": words.MATCHED_FOR,
        "refused_for": words.REFUSED_FOR,
        "outcomes": [(one.name.lower(), word) for one, word in words.OUTCOMES.items()],
        "files": [_file_line(one) for one in handed.rows],
        "open_results": [
            {
                "row": one,
                "outcome": words.OUTCOMES[Outcome(one.outcome)],
                "why": words.WHY_PARKED.get(one.why, ""),
                "in_force": words.OUTCOMES[Outcome(one.in_force)] if one.in_force else "",
                "waits_for": words.WAITS_FOR.get(one.why, ""),
            }
            for one in results.rows
        ],
        "at": at,
    }
    return render(request, "testing/laboratory.html", context)


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
        (messages.warning if got.missing or got.extra or got.broken else messages.success)(request, said % counts)
        return redirect("testing:box", box)
    row = one_box(request.scope, box, at=at)
    line = present.box_line(row, at=at, soon_share=due_soon_share(at))
    return render(
        request,
        "testing/box.html",
        {
            "line": line,
            "row": row,
            "strays": [(one, words.STRAYS[one.kind]) for one in strays(request.scope, box)],
            "laboratories": laboratories(request.scope),
            "at": at,
        },
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


@policy(verb=Verb.ENTER_RESULTS)
@require_POST
def by_hand(request: PostRequest) -> HttpResponse:
    """Take one result that was typed: one tube, one result, as a file of one line."""
    said = {name: request.POST.get(name, "") for name in HEADINGS}
    file = take_result_by_hand(
        scope=request.scope, laboratory=request.POST.get("laboratory", ""), said=said, by=request.scope.name, at=now()
    )
    if file.state == "held":
        messages.warning(request, _("Held: these results cannot be so. A second person decides."))
    else:
        messages.success(request, _("Taken: %(rows)d lines.") % {"rows": file.rows})
    return redirect("testing:laboratory")


@policy(verb=Verb.DECIDE_RESULTS)
@require_POST
def settle(request: PostRequest, result: str) -> HttpResponse:
    """Put a parked result on a tube, or refuse it; either with a reason."""
    form, scope = request.POST, request.scope
    if form.get("decision") == "match":
        tube, why = form.get("tube", ""), form.get("matched_for", "")
        match_result(scope=scope, result=result, tube=tube, why=why, by=scope.name, at=now())
    else:
        refuse_result(scope=scope, result=result, why=form.get("refused_for", ""), by=scope.name, at=now())
    messages.success(request, _("Decided, with your name."))
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
