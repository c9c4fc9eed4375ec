from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.intake.queries import words
from shali.foundation.intake.queries.batches import open_reviews, reviews
from shali.foundation.intake.queries.pair import next_review, pair
from shali.foundation.intake.queries.words import ReviewState
from shali.foundation.intake.services import review as services
from shali.foundation.intake.web import present
from shali.foundation.ui.refusal import WrongInput


@policy(verb=Verb.REVIEW_IDENTITY)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    at = now()
    decided = request.GET.get("decided") == "1"
    rows = [
        {"row": row, "why": [present.why(code, present.language()) for code in row.why]}
        for row in reviews(request.scope, at=at, decided=decided)
    ]
    first = next_review(request.scope)
    shown = {"rows": rows, "decided": decided, "open": open_reviews(request.scope), "first": first, "at": at}
    return render(request, "intake/reviews.html", shown)


@policy(verb=Verb.REVIEW_IDENTITY)
@require_GET
def one(request: PostRequest, review: str) -> HttpResponse:
    found = pair(request.scope, review, at=now())
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
            "review": found.review,
            "batch": found.review.row.batch,
            "candidate": candidate,
            "candidates": found.candidates,
            "lines": lines,
            "why": [present.why(code, present.language()) for code in reasons],
            "open": open_reviews(request.scope),
            "is_open": found.review.state in (ReviewState.OPEN, ReviewState.ASKED),
            "before": request.GET.get("before", ""),
        },
    )


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
    following = next_review(request.scope, after=review)
    if not following:
        return redirect("intake:reviews")
    response = redirect("intake:review", following)
    if answer != "ask":
        response["Location"] += f"?before={review}"
    return response


@policy(verb=Verb.REVIEW_IDENTITY)
@require_POST
def undo(request: PostRequest, review: str) -> HttpResponse:
    services.undo_review(scope=request.scope, review=review, by=request.scope.name, at=now())
    return redirect("intake:review", review)
