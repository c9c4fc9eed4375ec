from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.testing.queries.tubes import parked
from shali.testing.services.parking import settle_parked
from shali.testing.web import present
from shali.testing.web.given import after_of


@policy(verb=Verb.SETTLE_TESTING)
@require_GET
def index(request: PostRequest) -> HttpResponse:
    """What could not be done, the oldest on top: kept until somebody settles it by name."""
    page = parked(request.scope, after=after_of(request))
    rows = [present.parked_line(one) for one in page.rows]
    return render(request, "testing/parked.html", {"rows": rows, "page": page, "at": now()})


@policy(verb=Verb.SETTLE_TESTING)
@require_POST
def settle(request: PostRequest, parked: str) -> HttpResponse:
    settled_as = request.POST.get("settled_as", "")
    settle_parked(scope=request.scope, parked=parked, settled_as=settled_as, by=request.scope.name, at=now())
    messages.success(request, _("Settled, with your name."))
    return redirect("testing:parked")
