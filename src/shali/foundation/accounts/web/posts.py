"""The desk of posts: give, prolong, end, let somebody in by a link."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.models import User
from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.accounts.services.links import DEFAULT_LIFE, make_sign_in_link
from shali.foundation.accounts.services.posts import add_user, check_link, give_post, prolong_post, revoke_post
from shali.foundation.accounts.web.present import posts_page
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.queries import units_named
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import WrongInput


class GiveForm(forms.Form):
    username = forms.SlugField(max_length=60)
    name = forms.CharField(max_length=60, required=False)
    role = forms.ChoiceField(choices=[(role.code, role.code) for role in Role if role is not Role.DEPARTMENT_DESK])
    unit = forms.CharField(max_length=60)
    days = forms.IntegerField(required=False)


@policy(verb=Verb.MANAGE_POSTS)
@require_GET
def posts(request: PostRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:60]
    return render(request, "accounts/posts.html", posts_page(request.scope, request.post.unit, at=now(), words=words))


@policy(verb=Verb.MANAGE_POSTS)
@require_POST
def give(request: PostRequest) -> HttpResponse:
    """Give a post to somebody known by his username, or to somebody new, who needs a name as well."""
    form, scope, at = GiveForm(request.POST), request.scope, now()
    if not form.is_valid():
        raise WrongInput(_("Write a username of letters and digits, a role, a unit, and how many days."))
    said = form.cleaned_data
    user = User.objects.filter(username=said["username"]).first()
    if user is None:
        if not said["name"]:
            raise WrongInput(_("Nobody has this username yet. Write the person's name to add him."))
        user = add_user(username=said["username"], name=said["name"], at=at)
    unit = _one_unit(scope, said["unit"].strip())
    give_post(
        user=user, role=Role.by_code(said["role"]), unit=unit, scope=scope, by=scope.name, at=at, days=said["days"]
    )
    messages.success(request, _("The post is given. Make a link so that its holder can sign in."))
    return redirect("accounts:posts")


@policy(verb=Verb.MANAGE_POSTS)
@require_POST
def revoke(request: PostRequest, post: str) -> HttpResponse:
    revoke_post(scope=request.scope, post=post, by=request.scope.name, at=now())
    messages.success(request, _("The post has ended."))
    return redirect("accounts:posts")


@policy(verb=Verb.MANAGE_POSTS)
@require_POST
def prolong(request: PostRequest, post: str) -> HttpResponse:
    prolong_post(scope=request.scope, post=post, days=14, by=request.scope.name, at=now())
    messages.success(request, _("The post runs 14 days from now."))
    return redirect("accounts:posts")


@policy(verb=Verb.MANAGE_POSTS)
@require_POST
def link(request: PostRequest, post: str) -> HttpResponse:
    """Make a one-time link and show it, this once: it is in no address, no log, and kept nowhere."""
    at = now()
    found = check_link(scope=request.scope, post=post, at=at)
    token = make_sign_in_link(user=found.user, post=found, by=request.scope.name, at=at)
    address = request.build_absolute_uri(reverse("accounts:sign_in_link", args=[token]))
    return render(request, "accounts/new_link.html", {"address": address, "holder": found, "until": at + DEFAULT_LIFE})


def _one_unit(scope: Scope, said: str) -> Unit:
    """Return the unit that somebody named by path, code or name; one name of several units is not enough."""
    found = units_named(scope, said)
    exact = [row for row in found if said in (row.path, row.code, row.name, row.name_en)] or found
    if len(exact) != 1:
        names = "、".join(f"{row.name} {row.path}" for row in exact[:6])
        raise WrongInput(_("One unit has to answer to this: %(units)s") % {"units": names or _("none does")})
    return Unit.objects.get(pk=exact[0].id)
