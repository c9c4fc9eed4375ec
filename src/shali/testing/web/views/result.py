from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from shali.foundation.accounts.policy import policy
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.queries import words
from shali.testing.queries.own import OwnResult, own_result
from shali.testing.rules import Standing
from shali.testing.web.own_results import OWN_RESULTS


@policy(public=True)
@require_GET
@never_cache
def own(request: HttpRequest, slip: UUID) -> HttpResponse:
    """Where the holder of a slip stands. The code names a sample, not a person; nobody guesses one.

    No browser keeps the page; the server keeps the answer for some seconds, so that looking again costs no reading.
    """
    found = OWN_RESULTS.read(slip, lambda: _asked(slip))
    word = words.STANDINGS[Standing(found.standing)] if found is not None else ""
    context = {"found": found, "word": word, "at": now(), "refresh": found is not None and found.standing == 1}
    return render(request, "testing/own_result.html", context, status=200 if found is not None else 404)


def _asked(slip: UUID) -> OwnResult | None:
    scope = system_scope("testing.slip")
    with in_scope(scope):
        return own_result(scope, slip)
