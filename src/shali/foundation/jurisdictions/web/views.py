from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions import queries
from shali.foundation.jurisdictions.web.present import change_line, population_source, propose_panel


@policy(verb=Verb.SEE_UNITS)
@require_GET
def tree(request: PostRequest, unit: str = "") -> HttpResponse:
    """One unit, what lies above it, what it is made of, and what is to change; or the units that carry a name."""
    scope, at = request.scope, now()
    path = unit or scope.path
    found = queries.unit(scope, path)
    words = request.GET.get("q", "").strip()[:60]
    may_approve = Verb.APPROVE_UNIT_CHANGE in scope.verbs
    changes = [
        change_line(one, at=at, reader=request.user.pk, may_approve=may_approve) for one in queries.open_changes(scope)
    ]
    context = {
        "unit": found,
        "above": [one for one in queries.ancestors(scope, path) if scope.holds(one.path)],
        "source": population_source(found.population_source),
        "words": words,
        "rows": queries.units_named(scope, words, at=at) if words else queries.children(scope, path, at=at),
        "posts_here": queries.posts_at(found, at=at),
        "changes": changes,
        "made": [change_line(one, at=at) for one in queries.made_changes(scope, path)],
    }
    if Verb.PROPOSE_UNIT_CHANGE in scope.verbs and not found.closed_on:
        context |= propose_panel(scope, path, at=at)
    return render(request, "jurisdictions/tree.html", context)
