"""Receivers of other systems: which there are, what waits for each, what became of every delivery."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.exchange.rules import EVENTS
from shali.exchange.services.subscribe import deliver_again, subscribe, unsubscribe
from shali.exchange.web.present import deliveries_page, receivers_page
from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.ui.refusal import WrongInput


class ReceiverForm(forms.Form):
    url = forms.CharField(max_length=300)
    events = forms.MultipleChoiceField(choices=[(event, event) for event in EVENTS.values()])


@policy(verb=Verb.CONNECT_SYSTEMS)
@require_GET
def receivers(request: PostRequest) -> HttpResponse:
    return render(request, "exchange/receivers.html", receivers_page(request.scope))


@policy(verb=Verb.CONNECT_SYSTEMS)
@require_POST
def add(request: PostRequest) -> HttpResponse:
    """Name a receiver and show the secret that signs its deliveries, this once."""
    form = ReceiverForm(request.POST)
    if not form.is_valid():
        raise WrongInput(_("Write the receiver's address and choose what it hears of."))
    said = form.cleaned_data
    made = subscribe(scope=request.scope, url=said["url"], events=said["events"], by=request.scope.name, at=now())
    return render(request, "exchange/new_receiver.html", {"made": made, "url": said["url"]})


@policy(verb=Verb.CONNECT_SYSTEMS)
@require_GET
def deliveries(request: PostRequest, webhook: str) -> HttpResponse:
    page = deliveries_page(request.scope, webhook, before=request.GET.get("before", ""))
    return render(request, "exchange/deliveries.html", page)


@policy(verb=Verb.CONNECT_SYSTEMS)
@require_POST
def end(request: PostRequest, webhook: str) -> HttpResponse:
    unsubscribe(scope=request.scope, subscription=webhook, by=request.scope.name, at=now())
    messages.success(request, _("The receiver hears no more. What waited for it stays on record as given up."))
    return redirect("exchange:receivers")


@policy(verb=Verb.CONNECT_SYSTEMS)
@require_POST
def again(request: PostRequest, webhook: str, number: int) -> HttpResponse:
    deliver_again(scope=request.scope, subscription=webhook, number=number, at=now())
    messages.success(request, _("The event is on its way once more, under its old number."))
    return redirect("exchange:deliveries", webhook)
