"""Pages of measures: the desk, a record with what may be done, the form of a proposal."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import city_zone, now
from shali.foundation.journal.web.words import PURPOSES
from shali.foundation.jurisdictions.queries import children, unit
from shali.foundation.measures.queries import words
from shali.foundation.measures.queries.desk import WHICH, counts, measures_page
from shali.foundation.measures.queries.record import measure_record
from shali.foundation.measures.rules import EVIDENCE, ORIGINS
from shali.foundation.measures.services.propose import propose
from shali.foundation.measures.web.present import act_word, kinds_for, row_context, why_proposed
from shali.foundation.people.queries.record import person_record
from shali.foundation.people.rules import PURPOSES as LOOKS
from shali.foundation.ui.paging import PAGE
from shali.foundation.ui.refusal import WrongInput


@policy(verb=Verb.SEE_MEASURES)
@require_GET
def desk(request: PostRequest) -> HttpResponse:
    at, given = now(), request.GET
    which = given.get("which", "") if given.get("which", "") in WHICH else "proposed"
    skip = int(given["skip"]) if given.get("skip", "").isdigit() and len(given["skip"]) < 6 else 0
    rows = measures_page(request.scope, which, at=at, rule=given.get("rule", "")[:80], skip=skip)
    numbers = counts(request.scope, at=at)
    titles = {
        "proposed": pgettext("measures", "To decide"),
        "expiring": _("End today"),
        "appeals": _("Appeals"),
        "not_served": _("Notice not served"),
        "in_force": pgettext("measure", "In force"),
        "ended": pgettext("measures", "Ended or refused"),
    }
    context = {
        "rows": [row_context(row, at) for row in rows],
        "which": which,
        "rule": given.get("rule", "")[:80],
        "rules": sorted({row.proposal_rule for row in rows if row.proposal_rule}),
        "filters": [(code, title, numbers[code]) for code, title in titles.items()],
        "title": titles[which],
        "next": skip + PAGE if len(rows) == PAGE else 0,
        "refusals": words.REFUSALS.items(),
        "may_decide": which == "proposed" and Verb.DECIDE_MEASURES in request.scope.verbs,
        "at": at,
    }
    return render(request, "measures/desk.html", context)


@policy(verb=Verb.SEE_MEASURES)
@require_GET
def record(request: PostRequest, measure: str) -> HttpResponse:
    at = now()
    found = measure_record(request.scope, measure, at=at)
    runs = found.stands in ("coming", "in_force")
    context = row_context(found, at) | {
        "why": why_proposed(found, at),
        "evidence": words.EVIDENCE.get(found.evidence, found.evidence),
        "how": words.HOW_SERVED.get(found.served_how, ""),
        "lift_reason": words.LIFT_REASONS.get(found.lift_reason, ""),
        "refusal": words.REFUSALS.get(found.refusal, ""),
        "history": [(line, act_word(line.act), _detail(line.detail)) for line in found.history],
        "appeals": [
            (one, words.APPEAL_WAYS[one.way], words.OUTCOMES.get(one.outcome, ""), _late(one.due_at, at))
            for one in found.appeals
        ],
        "may": {
            "decide": found.stands == "proposed" and not found.is_own,
            "serve": runs and found.served_at is None,
            "lift": runs,
            "appeal": found.decided_at is not None and found.body and not any(not a.outcome for a in found.appeals),
            "order": bool(found.body),
        },
        "refusals": words.REFUSALS.items(),
        "ways": words.APPEAL_WAYS.items(),
        "hows": words.HOW_SERVED.items(),
        "lift_reasons": [pair for pair in words.LIFT_REASONS.items() if pair[0] != "superseded"],
        "outcomes": words.OUTCOMES.items(),
        "purposes": [(code, PURPOSES[code]) for code in LOOKS],
        "at": at,
    }
    return render(request, "measures/measure.html", context)


def _detail(detail: dict[str, str]) -> str:
    known = {**words.REFUSALS, **words.LIFT_REASONS, **words.HOW_SERVED, **words.APPEAL_WAYS, **words.OUTCOMES}
    return " · ".join(str(known[value]) for value in detail.values() if value in known)


def _late(due_at: datetime, at: datetime) -> str:
    return "overdue" if at > due_at else "ontime"


@policy(verb=Verb.PROPOSE_MEASURES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PostRequest, person: str) -> HttpResponse:
    at = now()
    found = person_record(request.scope, person, at=at)
    return _propose(request, "person", found.id, {"found": found}, at=at)


@policy(verb=Verb.PROPOSE_MEASURES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_on_area(request: PostRequest, path: str) -> HttpResponse:
    """Propose a measure that binds an area: a unit of the scope; the page leads on to the units below it."""
    at = now()
    here = unit(request.scope, path)
    shown = {"area": here, "below": children(request.scope, here.path)}
    return _propose(request, "area", here.pk, shown, at=at)


def _propose(request: PostRequest, on: str, subject: int, shown: Mapping[str, object], *, at: datetime) -> HttpResponse:
    """Show the form for a person or an area, or take what was filled in."""
    given = request.POST
    context = dict(shown) | {
        "kinds": kinds_for(on, at),
        "origins": [(code, words.ORIGINS[code]) for code in ORIGINS],
        "evidence": [(code, words.EVIDENCE[code]) for code in EVIDENCE],
        "given": given,
        "starts_at": at.astimezone(city_zone()).strftime("%Y-%m-%dT%H:%M"),
        "at": at,
    }
    if request.method != "POST":
        return render(request, "measures/propose.html", context)
    try:
        done = propose(
            scope=request.scope, kind=given.get("kind", ""), basis=given.get("basis", ""),
            person=subject if on == "person" else None, area=subject if on == "area" else None,
            origin=(given.get("origin_kind", ""), given.get("origin_id", "").strip()[:40]),
            evidence=given.get("evidence", ""), evidence_ref=given.get("evidence_ref", "").strip()[:60],
            starts_at=_hour(given.get("starts_at", "")),
            ends_at=_hour(given["ends_at"]) if given.get("ends_at") else None,
            note=given.get("note", "")[:1_000], by=request.scope.name, at=at,
        )  # fmt: skip
    except WrongInput as wrong:
        return render(request, "measures/propose.html", context | {"wrong": wrong.message}, status=422)
    messages.success(request, _("Proposed. Somebody else decides."))
    return redirect("measures:measure", done.public_id)


def _hour(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=city_zone())
    except ValueError as wrong:
        raise WrongInput(_("Write the hour as year-month-day and hour."), fields={"starts_at": "unreadable"}) from wrong
