"""Programs that act for one's own post: give one a token, see which hold, end one."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.accounts.services.tokens import make_token, revoke_token
from shali.foundation.accounts.web.present import programs_page
from shali.foundation.clocks import now
from shali.foundation.ui.refusal import WrongInput


class TokenForm(forms.Form):
    name = forms.CharField(max_length=60)
    verbs = forms.MultipleChoiceField(choices=[(verb, verb) for verb in Verb])
    days = forms.IntegerField()


@policy(*Verb)
@require_GET
def programs(request: PostRequest) -> HttpResponse:
    page = programs_page(request.scope, Role.by_code(request.post.role), at=now())
    return render(request, "accounts/programs.html", page)


@policy(*Verb)
@require_POST
def give_token(request: PostRequest) -> HttpResponse:
    """Make a token and show it, this once: only its hash is kept."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        raise WrongInput(_("Name the program, choose what it may do, and say for how many days."))
    said = form.cleaned_data
    made = make_token(
        post=request.post, name=said["name"], verbs=said["verbs"], days=said["days"], by=request.scope.name, at=now()
    )
    address = request.build_absolute_uri(reverse("api:api-root"))
    return render(request, "accounts/new_token.html", {"made": made, "name": said["name"], "address": address})


@policy(*Verb)
@require_POST
def end_token(request: PostRequest, token: str) -> HttpResponse:
    revoke_token(scope=request.scope, token=token, by=request.scope.name, at=now())
    messages.success(request, _("The token has ended. The program's next request is refused."))
    return redirect("accounts:programs")
