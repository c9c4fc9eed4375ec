from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.queries import who
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.ui.refusal import WrongInput
from shali.testing.queries import words
from shali.testing.queries.choose import choice_of
from shali.testing.queries.exempting import rules_of_the_day
from shali.testing.queries.holding import HoldingRow
from shali.testing.queries.rounds import (
    ROUNDS,
    RoundView,
    StopRule,
    needs,
    round_view,
    rounds_counted,
    rounds_page,
    stop_rules,
)
from shali.testing.queries.sites import sites
from shali.testing.rules import RoundState
from shali.testing.rules.exempting import MOST
from shali.testing.services.closing import close_round, take_on
from shali.testing.services.rounds import Plan, freeze_later, plan_round
from shali.testing.services.sites import SILENT
from shali.testing.web import present
from shali.testing.web.draw import draw_coverage
from shali.testing.web.given import after_of, must_hour, number_of, word_of

BEHIND_SHOWN = 12


@policy(verb=Verb.SEE_TESTING)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    at = now()
    which = word_of(request, ROUNDS, "all")
    page = rounds_page(request.scope, which, after=after_of(request))
    counts = rounds_counted(request.scope)
    chips = [(code, words.ROUNDS[code], present.capped(counts[code])) for code in ROUNDS]
    rows = [(one, words.ROUND_STATES[RoundState(one.state)], words.TUBES[one.pool_size]) for one in page.rows]
    context = {
        "rows": rows,
        "page": page,
        "chips": chips,
        "which": which,
        "stop": _stop_lines(stop_rules(request.scope, at=at)),
        "at": at,
    }
    return render(request, "testing/rounds.html", context)


def _stop_lines(rules: Sequence[StopRule]) -> list[tuple[StopRule, object]]:
    return [(one, words.STOP_STEPS[one.step]) for one in rules]


@policy(verb=Verb.PLAN_ROUNDS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PostRequest) -> HttpResponse:
    """Plan a round: of which units, from when to when, how many to a tube; with what the rules ask for so many people.

    Searching and opening units send the form as well: what was typed and ticked stays, also where it is refused.
    """
    at, form, wrong = now(), request.POST, ""
    if request.method == "POST" and form.get("act") == "plan":
        try:
            made = plan_round(scope=request.scope, plan=_plan_of(request), by=request.scope.name, at=at)
        except WrongInput as refused:
            wrong = refused.message
        else:
            messages.success(request, _("Planned. Set its sampling points, then freeze its roster."))
            return redirect("testing:round", made.public_id)
    sought = form.get("words", "").strip()[:60] if form.get("act") == "search" else ""
    chosen = choice_of(request.scope, form.getlist("units")[:500], inside=form.get("inside", "")[:60], words=sought)
    context = {
        "choice": chosen,
        "form": form,
        "size": number_of(form.get("pool_size", ""), otherwise=10),
        "sizes": words.TUBES.items(),
        "needs": needs(request.scope, chosen.people, at=at) if chosen.people else None,
        "rules": {code: form.get(code, "") for code in MOST} if form else rules_of_the_day(request.scope, at),
        "wrong": wrong,
        "at": at,
    }
    return render(request, "testing/new_round.html", context, status=422 if wrong else 200)


def _plan_of(request: PostRequest) -> Plan:
    form = request.POST
    return Plan(
        form.getlist("units"),
        must_hour(request, "starts_at"),
        must_hour(request, "ends_at"),
        number_of(form.get("pool_size", "")),
        {code: number_of(form.get(code, "")) for code in MOST},
    )


@policy(verb=Verb.SEE_TESTING)
@require_GET
def one(request: PostRequest, testing_round: str) -> HttpResponse:
    """The wall of a round: numbers that balance, the curve, who is left and where, points that fall behind."""
    at = now()
    view = round_view(request.scope, testing_round, at=at)
    points = sites(request.scope, testing_round, silent_since=at - SILENT)
    context = {
        "view": view,
        "row": view.row,
        "rule_words": present.rule_words(view.row.exempt_rules),
        "state": words.ROUND_STATES[RoundState(view.row.state)],
        "to_a_tube": present.to_a_tube(view.row.pool_size),
        "identities": present.identities(view.balance, testing_round),
        "standings": present.standings(view.standings, testing_round),
        "drawing": draw_coverage(view, at=at),
        "sites": points[:BEHIND_SHOWN],
        "more_sites": max(0, len(points) - BEHIND_SHOWN),
        "share": present.share(view.balance.sampled, view.balance.to_come),
        "late": bool(view.finish and view.finish > view.row.ends_at),
        "stop": _stop_lines([one for one in stop_rules(request.scope, at=at) if one.areas == view.row.areas]),
        "holding": _holding_lines(view),
        "reasons": words.TAKEN_ON,
        "at": at,
    }
    return render(request, "testing/round.html", context)


def _holding_lines(view: RoundView) -> list[tuple[HoldingRow, object, str]]:
    """Return devices that hold something, each with who answers for it and why."""
    names = who([one.taken_on_by for one in view.holding if one.taken_on_by])
    lines: list[tuple[HoldingRow, object, str]] = []
    for one in view.holding:
        answers = names.get(one.taken_on_by)
        lines.append((one, words.TAKEN_ON.get(one.taken_on_why, ""), answers.name if answers else one.taken_on_by))
    return lines


@policy(verb=Verb.PLAN_ROUNDS)
@require_POST
def answer_for(request: PostRequest, station: str) -> HttpResponse:
    """Answer by name for what a device holds, so that its round may close over it."""
    form = request.POST
    row = take_on(
        scope=request.scope,
        station=station,
        events=number_of(form.get("events", "")),
        on_paper=number_of(form.get("on_paper", "")),
        why=form.get("why", ""),
        by=request.scope.name,
        at=now(),
    )
    messages.success(request, _("Taken on, with your name. What still comes from it is taken in, and counted apart."))
    return redirect("testing:round", row.round.public_id)


@policy(verb=Verb.PLAN_ROUNDS)
@require_POST
def freeze(request: PostRequest, testing_round: str) -> HttpResponse:
    """Ask the worker to draw the roster; the round opens by itself when it is whole."""
    freeze_later(scope=request.scope, made=testing_round, by=request.scope.name)
    messages.success(request, _("The roster is being drawn from the register; the round opens when it is whole."))
    return redirect("testing:round", testing_round)


@policy(verb=Verb.PLAN_ROUNDS)
@require_POST
def close(request: PostRequest, testing_round: str) -> HttpResponse:
    close_round(scope=request.scope, made=testing_round, by=request.scope.name, at=now())
    messages.success(request, _("Closed: everybody is sampled, exempt or missing by name."))
    return redirect("testing:round", testing_round)
