"""Guests of a round beside whom they may be: one key settles one, and takes the last answer back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.intake.queries.words import LINKAGE
from shali.foundation.ui.refusal import WrongInput
from shali.testing.queries import words
from shali.testing.queries.guests import WHICH, GuestRow, guests_counted, guests_page
from shali.testing.queries.rounds import round_head
from shali.testing.rules import RoundState
from shali.testing.services.guests import settle_guest, undo_guest
from shali.testing.web import present
from shali.testing.web.given import number_of, word_of

MOST_DIGITS = 16


@policy(verb=Verb.SETTLE_TESTING)
@require_GET
def index(request: PostRequest, testing_round: str) -> HttpResponse:
    """Guests, in the order in which they came; the first of them is answered by a key."""
    at, scope = now(), request.scope
    which = word_of(request, WHICH, "open")
    page = guests_page(scope, testing_round, which, at=at, after=number_of(request.GET.get("after", "")))
    counts = guests_counted(scope, testing_round)
    view = round_head(scope, testing_round)
    context = {
        "view": view,
        "rows": [_line(one) for one in page.rows],
        "page": page,
        "which": which,
        "chips": [(code, words.GUESTS[code], present.capped(counts[code])) for code in WHICH],
        "before": number_of(request.GET.get("before", "")),
        "may_settle": view.row.state != RoundState.CLOSED,
        "at": at,
    }
    return render(request, "testing/guests.html", context)


def _line(one: GuestRow) -> dict[str, object]:
    return {
        "row": one,
        "candidates": [
            (
                found,
                words.STANDINGS[found.standing],  # type: ignore[index]  # a standing is its number
                [str(LINKAGE.get(code, LINKAGE[""])) for code in found.reasons],
            )
            for found in one.candidates
        ],
    }


@policy(verb=Verb.SETTLE_TESTING)
@require_POST
def act(request: PostRequest, testing_round: str) -> HttpResponse:
    """Answer who a guest is, or take an answer back."""
    form, at, by = request.POST, now(), request.scope.name
    guest, answer = _line_number(form.get("guest", "")), form.get("answer", "")
    address = redirect("testing:guests", testing_round)
    if answer == "undo":
        undo_guest(scope=request.scope, made=testing_round, guest=guest, by=by, at=at)
        messages.success(request, _("Taken back. Each has his own samples again."))
        return address
    if answer != "none" and not _line_number(answer):
        raise WrongInput(_("Say who the guest is, or that he is nobody of the roster."), fields={"answer": "missing"})
    same_as = None if answer == "none" else _line_number(answer)
    settle_guest(scope=request.scope, made=testing_round, guest=guest, same_as=same_as, by=by, at=at)
    address["Location"] += f"?before={guest}"
    return address


def _line_number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < MOST_DIGITS else 0
