"""Every view says who may call it, here and nowhere else; a test fails the build for a view that does not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url

from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.accounts.second_factor import is_missing
from shali.foundation.jurisdictions.scope import Scope

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class PostRequest(HttpRequest):
    """What a view behind a verb gets: the acting post, and what it may see (the middleware has put both there)."""

    post: Post
    posts: list[Post]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Policy:
    """public: anybody; signed_in: anybody with an account; else a post that has one of the verbs."""

    public: bool = False
    signed_in: bool = False
    verbs: frozenset[Verb] = field(default_factory=frozenset)


def authorise(post: Post | None, policy: Policy) -> bool:
    """Say whether a post may do what a policy asks. The one place where verbs are compared."""
    if policy.public:
        return True
    if policy.signed_in:
        return True
    return post is not None and bool(policy.verbs & Role.by_code(post.role).verbs)


def policy(
    *verbs: Verb, verb: Verb | None = None, public: bool = False, signed_in: bool = False
) -> Callable[[View], View]:
    """Declare and enforce who may call a view: `@policy(verb=Verb.SEE_WALL)`, or any of several verbs."""
    wanted = frozenset(verbs) | ({verb} if verb else frozenset())
    if not (wanted or public or signed_in):
        raise ValueError("A policy names a verb, or says public=True or signed_in=True.")
    declared = Policy(public=public, signed_in=signed_in, verbs=wanted)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(
            request: HttpRequest, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:  # views take what their URL names
            if not declared.public and not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            if not authorise(getattr(request, "post", None), declared):
                return _say_whom_to_ask(request, declared)
            if declared.verbs and is_missing(getattr(request, "scope", None), request.user.pk or 0):
                return _ask_for_second_factor(request)
            response: HttpResponseBase = view(request, *args, **kwargs)
            if not declared.public:
                response.headers.setdefault("Cache-Control", "no-store")
            return response

        guarded.policy = declared  # type: ignore[attr-defined]  # read by the test that walks every URL
        return guarded  # type: ignore[return-value]  # same signature as the view

    return decorate


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") or request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"error": "signed_out"}, status=401)
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?next={quote(request.get_full_path())}")


def _ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") or request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"error": "second_factor"}, status=403)
    return HttpResponseRedirect(resolve_url("accounts:me"))


def _say_whom_to_ask(request: HttpRequest, declared: Policy) -> HttpResponse:
    roles = [role for role in Role if declared.verbs & role.verbs]
    return render(request, "accounts/not_yours.html", {"roles": roles}, status=403)
