from datetime import datetime
from typing import TypedDict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import WrongInput
from shali.verification.services import endings
from shali.verification.web.forms import EndingForm


class _Who(TypedDict):
    """What every way of ending is told first."""

    scope: Scope
    task: str
    by: str
    at: datetime


@policy(verb=Verb.RECORD_FINDINGS)
@require_POST
def end(request: PostRequest, task: str) -> HttpResponse:
    """End a check in a lawful way other than its four facts; each way asks for its own proof."""
    form = EndingForm(request.POST)
    if not form.is_valid():
        raise WrongInput(_("Choose how the check ends."), fields=dict.fromkeys(form.errors, "wrong"))
    given = form.cleaned_data
    who = _Who(scope=request.scope, task=task, by=request.scope.name, at=now())
    seen = given["seen"]
    match given["ending"]:
        case "moved_on":
            endings.close_as_moved_on(**who, seen=seen, taken_over_by=given["taken_over_by"], receipt=given["receipt"])
        case "deceased":
            endings.close_as_deceased(**who, seen=seen, evidence=given["evidence"])
        case "duplicate":
            endings.close_as_duplicate(**who, seen=seen, of=given["duplicate_of"])
        case "never_found":
            endings.propose_never_found(**who, note=given["note"])
            messages.success(request, _("Proposed. Somebody else decides."))
        case _:
            raise WrongInput(_("Choose how the check ends."))
    back = request.POST.get("next", "")
    return redirect(back if back.startswith("/tasks/") else "verification:my_people")


@policy(verb=Verb.DECIDE_NEVER_FOUND)
@require_POST
def decide(request: PostRequest, task: str) -> HttpResponse:
    """The second person's word on a search that somebody proposed to end."""
    endings.decide_never_found(
        scope=request.scope,
        task=task,
        seen=None,
        agrees=request.POST.get("ending") == "agree",
        by=request.scope.name,
        at=now(),
    )
    return redirect("tasks:task", task)
