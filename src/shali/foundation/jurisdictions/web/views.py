from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.jurisdictions.queries import ancestors, children
from shali.foundation.jurisdictions.queries import unit as one_unit


@policy(verb=Verb.SEE_UNITS)
@require_GET
def tree(request: PostRequest, unit: str = "") -> HttpResponse:
    """One unit, what lies above it, and what it is made of."""
    path = unit or request.scope.path
    found = one_unit(request.scope, path)
    above = [u for u in ancestors(request.scope, path) if request.scope.holds(u.path)]
    return render(
        request, "jurisdictions/tree.html", {"unit": found, "above": above, "rows": children(request.scope, path)}
    )
