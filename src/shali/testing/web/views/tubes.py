from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.policy.rules import due_soon_share
from shali.testing.queries import words
from shali.testing.queries.laboratory import results_of_tube
from shali.testing.queries.rounds import round_head
from shali.testing.queries.tubes import RECALLED, WHICH, recalls, recalls_counted, tube_view, tubes
from shali.testing.queries.turnaround import late, turnaround
from shali.testing.rules import Outcome, Standing, TubeState
from shali.testing.services.laboratory import name_lost
from shali.testing.web import present
from shali.testing.web.given import after_of, word_of


@policy(verb=Verb.SEE_TESTING)
@require_GET
def index(request: PostRequest, testing_round: str) -> HttpResponse:
    """Tubes of a round, how long they take by stage, and those under a word: in conflict, without a result, late."""
    at = now()
    which = word_of(request, WHICH | late(request.scope, at=at), "conflict")
    page = tubes(request.scope, testing_round, which, at=at, after=after_of(request))
    rows = [
        {
            "row": one,
            "conflict": words.CONFLICTS.get(one.conflict, ""),
            "outcome": words.OUTCOMES[Outcome(one.outcome)] if one.outcome else "",
            "state": words.TUBE_STATES[TubeState(one.state)],
        }
        for one in page.rows
    ]
    chips = [
        ("conflict", _("in doubt")),
        ("waiting", _("no result yet")),
        ("suspect", _("suspect")),
        ("open", _("being filled")),
        ("all", _("All")),
        ("received", _("at the laboratory")),
        ("on_the_way", _("on their way")),
        ("void", _("void")),
        ("lost", _("missing for good")),
        ("late_to_laboratory", _("late to the laboratory")),
        ("late_to_result", _("result overdue")),
    ]
    stages = [(one, words.STAGES[one.name]) for one in turnaround(request.scope, testing_round, at=at)]
    view = round_head(request.scope, testing_round)
    context = {"view": view, "rows": rows, "page": page, "which": which, "chips": chips, "stages": stages, "at": at}
    return render(request, "testing/tubes.html", context)


@policy(verb=Verb.SEE_TESTING)
@require_GET
def one(request: PostRequest, tube: str) -> HttpResponse:
    """A tube with whom it holds, and everything that a laboratory said of it."""
    at = now()
    view = tube_view(request.scope, tube, at=at)
    context = {
        "view": view,
        "conflict": words.CONFLICTS.get(view.conflict, ""),
        "state": words.TUBE_STATES[TubeState(view.state)],
        "void_why": words.VOID_WHYS.get(view.void_why, ""),
        "outcome": words.OUTCOMES[Outcome(view.outcome)] if view.outcome else "",
        "people": [
            (member, words.STANDINGS[Standing(member.standing)] if member.standing is not None else "")
            for member in view.people
        ],
        "results": [
            (result, words.OUTCOMES[Outcome(result.outcome)], words.RESULT_STATES[result.state])
            for result in results_of_tube(request.scope, tube)
        ],
        "at": at,
    }
    return render(request, "testing/tube.html", context)


@policy(verb=Verb.SETTLE_TESTING)
@require_POST
def lost(request: PostRequest, tube: str) -> HttpResponse:
    """Say by name that a tube is missing for good."""
    row = name_lost(scope=request.scope, tube=tube, by=request.scope.name, at=now())
    messages.success(request, _("Missing by name. Its people owe another sample."))
    return redirect("testing:tube", row.public_id)


@policy(verb=Verb.SEE_TESTING)
@require_GET
def recalled(request: PostRequest, testing_round: str) -> HttpResponse:
    """Who owes another sample, due first, and why."""
    at = now()
    soon = due_soon_share(at)
    which = word_of(request, RECALLED, "open")
    page = recalls(request.scope, testing_round, which, at=at, after=after_of(request))
    rows = [present.recall_line(one, at=at, soon_share=soon) for one in page.rows]
    counts = recalls_counted(request.scope, testing_round, at=at)
    chips = [(code, words.RECALLED[code], present.capped(counts[code])) for code in RECALLED]
    view = round_head(request.scope, testing_round)
    waiting = counts["open"]
    context = {"view": view, "waiting": waiting, "rows": rows, "page": page, "chips": chips, "which": which, "at": at}
    return render(request, "testing/recalls.html", context)
