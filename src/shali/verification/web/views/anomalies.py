from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.ui.refusal import NotInScope
from shali.verification.queries import words
from shali.verification.queries.anomalies import anomalies
from shali.verification.services.anomalies import mark_seen, settle_anomaly


@policy(verb=Verb.SEE_ANOMALIES)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    settled = request.GET.get("settled") == "1"
    rows = anomalies(request.scope, at=now(), settled=settled)
    shown = [
        {"row": row, "kind": words.ANOMALIES[row.kind], "settled": words.SETTLED_AS.get(row.settled_as)} for row in rows
    ]
    return render(
        request,
        "verification/anomalies.html",
        {
            "rows": shown,
            "settled": settled,
            "settled_as": words.SETTLED_AS,
            "may_settle": Verb.SETTLE_ANOMALIES in request.scope.verbs,
        },
    )


@policy(verb=Verb.SETTLE_ANOMALIES)
@require_POST
def seen(request: PostRequest) -> HttpResponse:
    mark_seen(scope=request.scope, anomalies=request.POST.getlist("anomaly")[:500], by=request.scope.name, at=now())
    return redirect("verification:anomalies")


@policy(verb=Verb.SETTLE_ANOMALIES)
@require_POST
def settle(request: PostRequest, anomaly: str) -> HttpResponse:
    settled_as = request.POST.get("settled_as", "")
    if settled_as not in words.SETTLED_AS:
        raise NotInScope
    settle_anomaly(scope=request.scope, anomaly=anomaly, settled_as=settled_as, by=request.scope.name, at=now())
    return redirect("verification:anomalies")
