"""The desk of posts: give, prolong, end, let somebody in by a link."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.accounts.services.links import DEFAULT_LIFE, make_sign_in_link
from shali.foundation.accounts.services.posts import check_link, give_post_to, prolong_post, revoke_post
from shali.foundation.accounts.web.present import posts_page
from shali.foundation.clocks import now
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
    words, after = request.GET.get("q", "").strip()[:60], request.GET.get("after", "")
    skip = int(after) if after.isdecimal() and len(after) < 7 else 0
    level = request.post.unit.level
    return render(request, "accounts/posts.html", posts_page(request.scope, level, at=now(), words=words, skip=skip))


@policy(verb=Verb.MANAGE_POSTS)
@require_POST
def give(request: PostRequest) -> HttpResponse:
    """Give a post to somebody known by his username, or to somebody new, who needs a name as well."""
    form, scope, at = GiveForm(request.POST), request.scope, now()
    if not form.is_valid():
        raise WrongInput(_("Write a username of letters and digits, a role, a unit, and how many days."))
    said = form.cleaned_data
    give_post_to(
        scope=scope,
        username=said["username"],
        name=said["name"],
        role=said["role"],
        unit=said["unit"],
        days=said["days"],
        by=scope.name,
        at=at,
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
