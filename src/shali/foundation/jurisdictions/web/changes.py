"""Propose a change to the tree; approve one, or lay it aside."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import day_of, now
from shali.foundation.jurisdictions.services.changes import (
    Proposal,
    apply_due_changes,
    approve_change,
    decline_change,
    propose_change,
)
from shali.foundation.jurisdictions.web.forms import ProposeForm
from shali.foundation.ui.refusal import WrongInput


@policy(verb=Verb.PROPOSE_UNIT_CHANGE)
@require_POST
def propose(request: PostRequest, unit: str) -> HttpResponse:
    form = ProposeForm(request.POST)
    if not form.is_valid():
        raise WrongInput(_("Write the day from which the change holds, and the document that orders it."))
    asked = Proposal.named(unit=unit, **form.cleaned_data)
    propose_change(scope=request.scope, asked=asked, by=request.scope.name, at=now(), person=request.user.pk)
    messages.success(request, _("Proposed. Somebody else approves it."))
    return redirect("jurisdictions:unit", unit)


@policy(Verb.PROPOSE_UNIT_CHANGE, Verb.APPROVE_UNIT_CHANGE)
@require_POST
def decide(request: PostRequest, change: int) -> HttpResponse:
    """Approve, which takes the right to; or lay aside, which whoever proposes may as well."""
    scope, at = request.scope, now()
    if request.POST.get("decision") != "approve":
        decline_change(scope=scope, change=change, by=scope.name, at=at)
        messages.success(request, _("Laid aside."))
    elif Verb.APPROVE_UNIT_CHANGE not in scope.verbs:
        raise WrongInput(_("Your post proposes changes; another one approves them."))
    else:
        approved = approve_change(scope=scope, change=change, by=scope.name, at=at, person=request.user.pk)
        # What holds from today or before holds now; the rest waits for the start of its day.
        apply_due_changes(on=day_of(at), at=at)
        approved.refresh_from_db()
        messages.success(
            request, _("Approved and in force.") if approved.applied_at else _("Approved; it waits for its day.")
        )
    return redirect("jurisdictions:tree")
