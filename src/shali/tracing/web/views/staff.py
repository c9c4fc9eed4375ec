from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.ui.refusal import WrongInput
from shali.tracing.queries.staff import investigators as staff
from shali.tracing.queries.staff import need, posts_to_enter
from shali.tracing.services.investigators import enter_investigator
from shali.tracing.web.given import day_of_form, hour_of


@policy(verb=Verb.SEE_TRACING)
@require_http_methods(["GET", "HEAD", "POST"])
def investigators(request: PostRequest) -> HttpResponse:
    """Who investigates, how much each has, and whether there are enough of them by the rule."""
    at = now()
    if request.method == "POST":
        if Verb.CLASSIFY_CASES not in request.scope.verbs:
            raise WrongInput(_("Ask the county's or the city's desk to enter investigators."))
        trained = day_of_form(request, "trained_until")
        if trained is None:
            raise WrongInput(_("Say until which day the training holds."), fields={"trained_until": "missing"})
        enter_investigator(
            scope=request.scope,
            post=request.POST.get("post", ""),
            trained_until=trained,
            shift_from=hour_of(request, "shift_from"),
            shift_until=hour_of(request, "shift_until"),
            by=request.scope.name,
            at=at,
        )
        messages.success(request, _("Kept."))
        return redirect("tracing:investigators")
    context = {
        "rows": staff(request.scope, at=at),
        "need": need(request.scope, at=at),
        "posts": posts_to_enter(request.scope, at=at),
        "may_enter": Verb.CLASSIFY_CASES in request.scope.verbs,
        "at": at,
    }
    return render(request, "tracing/investigators.html", context)
