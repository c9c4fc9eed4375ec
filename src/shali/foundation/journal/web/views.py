from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import day_of, now, start_of_day
from shali.foundation.journal.queries import busiest, looks, roots
from shali.foundation.journal.web.words import ACTS, FIELDS, PURPOSES
from shali.foundation.policy.rules import number_of_role

SHOWN = 50
# From this share of the day's budget on, a post stands on top of the page.
NEAR_BUDGET = 0.8


@policy(verb=Verb.READ_AUDIT)
@require_GET
def audit(request: PostRequest) -> HttpResponse:
    """Who looked at whom, the newest first; no personal value of those looked at."""
    before = request.GET.get("before", "")
    act = request.GET.get("act", "")
    found = looks(
        request.scope, before=int(before) if before.isdigit() else None, act=act if act in ACTS else "", limit=SHOWN + 1
    )
    rows = [
        {
            "look": look,
            "act": ACTS.get(look.act, look.act),
            "purpose": PURPOSES.get(look.purpose, look.purpose),
            "fields": _(", ").join(str(FIELDS.get(field, field)) for field in look.fields),
        }
        for look in found[:SHOWN]
    ]
    at = now()
    busy = []
    for one in busiest(request.scope, since=start_of_day(day_of(at))):
        budget = int(number_of_role("reveal_persons_per_day", one.role, at).value)
        if one.refused or max(one.people, one.searches) >= NEAR_BUDGET * budget:
            busy.append((one, budget, one.refused > 0 or max(one.people, one.searches) >= budget))
    last = found[SHOWN - 1].number if len(found) > SHOWN else None
    return render(
        request,
        "journal/audit.html",
        {
            "rows": rows,
            "acts": ACTS,
            "act": act,
            "next": last,
            "busy": busy,
            "roots": roots(request.scope),
        },
    )
