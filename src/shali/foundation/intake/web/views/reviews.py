from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.intake.queries import words
from shali.foundation.intake.queries.batches import open_reviews, reviews
from shali.foundation.intake.queries.pair import pair
from shali.foundation.intake.queries.words import Review, ReviewState
from shali.foundation.intake.services import review as services
from shali.foundation.intake.services.hand_out import next_review
from shali.foundation.intake.web import present
from shali.foundation.ui.refusal import WrongInput


@policy(verb=Verb.REVIEW_IDENTITY)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    at = now()
    decided = request.GET.get("decided") == "1"
    page = reviews(request.scope, at=at, decided=decided, after=request.GET.get("after", "")[:200])
    rows = [
        {
            "row": row,
            "why": [present.why(code, present.language()) for code in row.why],
            "found": words.FOUND.get(row.found, ""),
            "is_asked": row.state == ReviewState.ASKED,
        }
        for row in page.rows
    ]
    shown = {"rows": rows, "page": page, "decided": decided, "open": open_reviews(request.scope), "at": at}
    return render(request, "intake/reviews.html", shown)


@policy(verb=Verb.REVIEW_IDENTITY)
@require_POST
def following(request: PostRequest) -> HttpResponse:
    """Hand out the next question. It is held for its reader, so it is no link that a browser may fetch ahead."""
    return _next(request, at=now(), leave=request.POST.get("leave", "")[:12])


def _next(request: PostRequest, *, at: datetime, before: str = "", leave: str = "") -> HttpResponse:
    found = next_review(scope=request.scope, by=request.scope.name, at=at, leave=leave)
    if not found:
        if open_reviews(request.scope):
            messages.info(request, _("What waits lies at other desks, or at the door; it comes free by itself."))
        return redirect("intake:reviews")
    response = redirect("intake:review", found)
    if before:
        response["Location"] += f"?before={before}"
    return response


@policy(verb=Verb.REVIEW_IDENTITY)
@require_GET
def one(request: PostRequest, review: str) -> HttpResponse:
    at = now()
    found = pair(request.scope, review, at=at)
    row = found.review
    chosen = request.GET.get("candidate", "")
    candidate = next((one for one in found.candidates if one.public_id == chosen), None)
    candidate = candidate or next(iter(found.candidates), None)
    lines = [
        {"word": words.COMPARED[line.field], "line": line, "verdict": words.VERDICTS[line.verdict]}
        for line in (candidate.lines if candidate else ())
    ]
    reasons = candidate.reasons if candidate else found.reasons
    return render(
        request,
        "intake/review.html",
        {
            "review": row,
            "batch": row.row.batch,
            "seen": found.seen,
            "found": words.FOUND.get(row.found, ""),
            "is_asked": row.state == ReviewState.ASKED,
            "held_until": row.held_until if _is_held(request, row, at) else None,
            "candidate": candidate,
            "candidates": found.candidates,
            "lines": lines,
            "why": [present.why(code, present.language()) for code in reasons],
            "open": open_reviews(request.scope),
            "is_open": row.state in (ReviewState.OPEN, ReviewState.ASKED),
            "before": request.GET.get("before", ""),
        },
    )


def _is_held(request: PostRequest, row: Review, at: datetime) -> bool:
    """Say whether another desk was handed this question just now."""
    return row.held_until is not None and row.held_until > at and row.held_by != request.scope.name


@policy(verb=Verb.REVIEW_IDENTITY)
@require_POST
def decide(request: PostRequest, review: str) -> HttpResponse:
    at, by, answer = now(), request.scope.name, request.POST.get("answer", "")
    if answer == "same":
        person = request.POST.get("person", "")
        services.decide_same(
            scope=request.scope, review=review, person=int(person) if person.isdecimal() else 0, by=by, at=at
        )
    elif answer == "different":
        services.decide_different(scope=request.scope, review=review, by=by, at=at)
    elif answer == "ask":
        services.ask_for_more(scope=request.scope, review=review, by=by, at=at)
    else:
        raise WrongInput("Say one of: same, different, ask.")
    return _next(request, at=at, before=review)


@policy(verb=Verb.REVIEW_IDENTITY)
@require_POST
def undo(request: PostRequest, review: str) -> HttpResponse:
    services.undo_review(scope=request.scope, review=review, by=request.scope.name, at=now())
    return redirect("intake:review", review)
