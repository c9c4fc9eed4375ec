from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from shali.board.queries.staffed import SiteLine, staff_view
from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.staffing.queries.calls import call_ups_page
from shali.staffing.web.words import KINDS
from shali.testing.queries.rounds import round_number


@policy(verb=Verb.RUN_SITES)
@require_GET
def staff(request: PostRequest, testing_round: str) -> HttpResponse:
    """Each point of a round, shift by shift: needed, on shift, missing; and who was called up."""
    at = now()
    in_heat = request.GET.get("heat", "1") != "0"
    after = request.GET.get("after", "")[:40]
    of_calls = request.GET.get("show") == "calls"
    view = staff_view(request.scope, testing_round, in_heat=in_heat, at=at, after="" if of_calls else after)
    page = call_ups_page(request.scope, at=at, about=testing_round, after=after) if of_calls else None
    context = {
        "view": view,
        "sites": [_site(one) for one in view.sites.rows] if page is None else [],
        "calls": [(one, KINDS[one.kind]) for one in (view.late if page is None else page.rows)],
        "page": view.sites if page is None else page,
        "of_calls": of_calls,
        "round": testing_round,
        "number": round_number(request.scope, testing_round),
        "at": at,
    }
    return render(request, "board/staff.html", context)


def _site(one: SiteLine) -> dict[str, Any]:
    lines = [
        {
            "starts_at": line.starts_at,
            "ends_at": line.ends_at,
            "is_over": line.is_over,
            "post": post,
            "kind": KINDS[post.kind],
            "to_call": max(0, post.missing - post.called),
        }
        for line in one.shifts
        for post in line.posts
    ]
    return {"need": one.need, "lines": lines}
