from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import children
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.tasks.rules import clock_state
from shali.foundation.ui.uploads import must_upload
from shali.tracing.queries import words
from shali.tracing.queries.exposures import WHICH, ExposureRow, exposures, members_page, one_exposure
from shali.tracing.services.exposures import (
    Event,
    answer_member,
    ask_again,
    open_exposure,
    settle_member,
)
from shali.tracing.services.rosters import add_by_hand, add_told, receive_roster
from shali.tracing.web import present
from shali.tracing.web.given import must_hour, people_of_lines, skip_of


@policy(verb=Verb.SEE_TRACING)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    at = now()
    soon = due_soon_share(at)
    rows = [_line(one, at=at, soon=soon) for one in exposures(request.scope)]
    return render(request, "tracing/exposures.html", {"rows": rows, "at": at})


def _line(one: ExposureRow, *, at: datetime, soon: float) -> dict[str, object]:
    state = clock_state(handed_over_at=one.opened_at, due_at=one.due_at, at=at, soon_share=soon)
    return {
        "row": one,
        "situation": words.SITUATIONS[one.situation],
        "state": "done" if one.closed_at else state,
        "closed_in": one.closed_at - one.opened_at if one.closed_at else None,
        "case": present.case_title(one.case_number) if one.case_number else "",
    }


@policy(verb=Verb.INVESTIGATE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PostRequest) -> HttpResponse:
    at, form = now(), request.POST
    if request.method == "POST":
        event = Event(
            place=form.get("place", ""),
            unit=form.get("unit", ""),
            situation=form.get("situation", ""),
            from_at=must_hour(request, "from_at"),
            to_at=must_hour(request, "to_at"),
            case=form.get("case", "")[:12],
        )
        made = open_exposure(scope=request.scope, event=event, by=request.scope.name, at=at)
        messages.success(request, _("Open. Put the people who were there on its roster."))
        return redirect("tracing:exposure", made.public_id)
    context = {
        "situations": words.SITUATIONS.items(),
        "units": children(request.scope, request.scope.path),
        "case": request.GET.get("case", "")[:12],
        "at": at,
    }
    return render(request, "tracing/new_exposure.html", context)


@policy(verb=Verb.SEE_TRACING)
@require_GET
def one(request: PostRequest, exposure: str) -> HttpResponse:
    at = now()
    found = one_exposure(request.scope, exposure)
    asked = request.GET.get("which", "open")
    which = asked if asked in WHICH else "open"
    page = members_page(request.scope, exposure, which, at=at, skip=skip_of(request))
    names = who([row.answered_by for row in page.rows] + [row.first_by for row in page.rows])
    terms = (
        present.Term(_("On the roster"), found.people, href="?which=all"),
        present.Term(_("Was there"), found.was_there, "=", "?which=was_there"),
        present.Term(_("Was not there"), found.was_not_there, "+", "?which=was_not_there"),
        present.Term(_("Cannot say"), found.cannot_say, "+", "?which=cannot_say"),
        present.Term(_("not asked yet"), found.open, "+", "?which=open"),
    )
    return render(
        request,
        "tracing/exposure.html",
        {
            "found": found,
            "line": _line(found, at=at, soon=due_soon_share(at)),
            "identity": present.identity(_("Everybody is asked"), terms),
            "rows": [
                {
                    "row": row,
                    "came": words.CAME_BY.get(row.came_by, ""),
                    "answer": words.MEMBER_ANSWERS.get(row.answer, ""),
                    "first": words.MEMBER_ANSWERS.get(row.first, ""),
                    "settled": words.SETTLEMENTS.get(row.settled_as, ""),
                    "who": names[row.answered_by].name if row.answered_by in names else "",
                    "differs": bool(row.first and row.answer and row.first != row.answer and not row.settled_as),
                }
                for row in page.rows
            ],
            "page": page,
            "which": which,
            "answers": words.MEMBER_ANSWERS.items(),
            "settlements": words.SETTLEMENTS.items(),
            "at": at,
        },
    )


@policy(verb=Verb.INVESTIGATE)
@require_POST
def roster(request: PostRequest, exposure: str) -> HttpResponse:
    """Take a roster's file; the next page shows how each column is taken."""
    upload = must_upload(request, _("Choose the roster's file."))
    batch = receive_roster(
        scope=request.scope,
        exposure=exposure,
        path=upload.path,
        file_name=upload.name,
        holds=request.POST.get("holds", ""),
        by=request.scope.name,
        at=now(),
    )
    return redirect("intake:batch", batch)


@policy(verb=Verb.INVESTIGATE)
@require_POST
def add(request: PostRequest, exposure: str) -> HttpResponse:
    """Put people on a roster who are named line by line."""
    lines = people_of_lines(request)
    _tell(request, add_by_hand(scope=request.scope, exposure=exposure, lines=lines, by=request.scope.name, at=now()))
    return redirect("tracing:exposure", exposure)


@policy(verb=Verb.INVESTIGATE)
@require_POST
def told(request: PostRequest, exposure: str) -> HttpResponse:
    """Put those on a roster whom its case met within its window."""
    _tell(request, add_told(scope=request.scope, exposure=exposure, by=request.scope.name, at=now()))
    return redirect("tracing:exposure", exposure)


def _tell(request: PostRequest, added: int) -> None:
    said = ngettext("%(n)d person more is on the roster.", "%(n)d people more are on the roster.", added)
    messages.success(request, said % {"n": added})


@policy(verb=Verb.INVESTIGATE)
@require_POST
def again(request: PostRequest, exposure: str) -> HttpResponse:
    made = ask_again(scope=request.scope, exposure=exposure, by=request.scope.name, at=now())
    messages.success(request, _("Frozen. Everybody is asked again, by somebody else."))
    return redirect("tracing:exposure", made.public_id)


@policy(Verb.INVESTIGATE, Verb.FOLLOW_UP, Verb.RECORD_FINDINGS)
@require_POST
def member(request: PostRequest, member: int) -> HttpResponse:
    """Write down whether somebody was there, or which of two rounds holds."""
    form, at, by = request.POST, now(), request.scope.name
    if form.get("settled_as"):
        row = settle_member(scope=request.scope, member=member, settled_as=form["settled_as"], by=by, at=at)
    else:
        row = answer_member(scope=request.scope, member=member, answer=form.get("answer", ""), by=by, at=at)
    messages.success(request, _("Kept."))
    back = form.get("next", "")
    if back.startswith("/tasks/"):
        return redirect(back)
    return redirect("tracing:exposure", row.exposure.public_id)
