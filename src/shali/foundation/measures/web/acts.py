"""What the pages of measures do, each one call."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.measures.services.appeal import answer_appeal, lodge_appeal
from shali.foundation.measures.services.decide import decide, decide_many, lift, serve
from shali.foundation.measures.services.order import TYPES, make_order
from shali.foundation.ui.refusal import WrongInput

LONGEST_NOTE = 1_000
MOST_AT_ONCE = 500


def _seen(request: PostRequest) -> int | None:
    given = request.POST.get("seen", "")
    return int(given) if given.isdigit() and len(given) < 9 else None


@policy(verb=Verb.DECIDE_MEASURES)
@require_POST
def decide_one(request: PostRequest, measure: str) -> HttpResponse:
    given, approves = request.POST, request.POST.get("answer") == "approve"
    decide(
        scope=request.scope, measure=measure, approves=approves, refusal=given.get("refusal", ""), seen=_seen(request),
        note=given.get("note", "")[:LONGEST_NOTE], by=request.scope.name, at=now(),
    )  # fmt: skip
    messages.success(request, _("Approved. Now the notice is served.") if approves else _("Refused, with its reason."))
    return redirect("measures:measure", measure)


@policy(verb=Verb.DECIDE_MEASURES)
@require_POST
def many(request: PostRequest) -> HttpResponse:
    given = request.POST
    chosen = given.getlist("measure")[:MOST_AT_ONCE]
    if not chosen:
        raise WrongInput(_("Tick at least one proposal."))
    skipped = decide_many(
        chosen, scope=request.scope, approves=given.get("answer") == "approve", refusal=given.get("refusal", ""),
        note=given.get("note", "")[:LONGEST_NOTE], by=request.scope.name, at=now(),
    )  # fmt: skip
    done = len(chosen) - len(skipped)
    messages.success(request, ngettext("%(n)d decided.", "%(n)d decided.", done) % {"n": done})
    for why in {one.why for one in skipped}:
        count = sum(one.why == why for one in skipped)
        messages.warning(request, _("Left out, %(n)d: %(why)s") % {"n": count, "why": why})
    return redirect("measures:desk")


@policy(verb=Verb.SERVE_MEASURES)
@require_POST
def serve_one(request: PostRequest, measure: str) -> HttpResponse:
    how = request.POST.get("how", "")
    serve(scope=request.scope, measure=measure, how=how, seen=_seen(request), by=request.scope.name, at=now())
    messages.success(request, _("Noted: the notice was served."))
    return redirect("measures:measure", measure)


@policy(verb=Verb.DECIDE_MEASURES)
@require_POST
def lift_one(request: PostRequest, measure: str) -> HttpResponse:
    given = request.POST
    lift(
        scope=request.scope, measure=measure, reason=given.get("reason", ""), seen=_seen(request),
        note=given.get("note", "")[:LONGEST_NOTE], by=request.scope.name, at=now(),
    )  # fmt: skip
    messages.success(request, _("Lifted. It holds no more from this hour."))
    return redirect("measures:measure", measure)


@policy(verb=Verb.LODGE_APPEALS)
@require_POST
def appeal(request: PostRequest, measure: str) -> HttpResponse:
    given = request.POST
    lodge_appeal(
        scope=request.scope, measure=measure, way=given.get("way", ""), grounds=given.get("grounds", "")[:2_000],
        by=request.scope.name, at=now(),
    )  # fmt: skip
    messages.success(request, _("Lodged. Somebody who did not decide the measure answers."))
    return redirect("measures:measure", measure)


@policy(verb=Verb.DECIDE_APPEALS)
@require_POST
def answer(request: PostRequest, appeal: str) -> HttpResponse:
    given = request.POST
    found = answer_appeal(
        scope=request.scope, appeal=appeal, outcome=given.get("outcome", ""), answer=given.get("answer", "")[:2_000],
        by=request.scope.name, at=now(),
    )  # fmt: skip
    messages.success(request, _("Answered, with reasons."))
    return redirect("measures:measure", found.measure.public_id)


@policy(verb=Verb.REVEAL)
@require_POST
def order(request: PostRequest, measure: str) -> HttpResponse:
    """Answer with the order as a file: where it names a person, the download is on record with its purpose."""
    given = request.POST
    made = make_order(
        scope=request.scope, measure=measure, form=given.get("form", ""), purpose=given.get("purpose", ""),
        reason=given.get("reason", "")[:200], by=request.scope.name, at=now(),
    )  # fmt: skip
    answer = HttpResponse(made.content, content_type=TYPES[made.form])
    answer["Content-Disposition"] = f'attachment; filename="order-{measure}.{made.form}"'
    return answer
