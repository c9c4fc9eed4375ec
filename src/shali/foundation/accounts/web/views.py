from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shali.foundation.accounts.middleware import ACTING
from shali.foundation.accounts.policy import PostRequest, policy
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.accounts.services.links import use_sign_in_link
from shali.foundation.accounts.web.present import account_page
from shali.foundation.clocks import now


@policy(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first, then sign in: a messenger's preview of the link must not spend it."""
    if request.method != "POST":
        return render(request, "accounts/link.html", {"token": token})
    link = use_sign_in_link(token=token, at=now())
    if request.user.is_authenticated:
        logout(request)
    if link.post is not None:
        request.session[ACTING] = link.post.public_id
    # A link stands for the password; whoever has a second factor is asked for it.
    response: HttpResponse = perform_login(request, link.user, redirect_url=reverse("accounts:start"))
    return response


@policy(signed_in=True)
@require_GET
def start(request: PostRequest) -> HttpResponse:
    """Lead each to the page that his role opens first."""
    post = request.post
    if post is None:
        return redirect("accounts:choose_post")
    verbs = Role.by_code(post.role).verbs
    if post.role == Role.COMMUNITY_WORKER.code:
        return redirect("verification:my_people")
    if Verb.ANSWER_FOR_DEPARTMENT in verbs:
        return redirect("tasks:department")
    if Verb.READ_AUDIT in verbs:
        return redirect("journal:audit")
    if Verb.INVESTIGATE in verbs and Verb.SEE_WALL not in verbs:
        return redirect("tracing:cases")
    if request.post.role == Role.LABORATORY.code:
        return redirect("testing:laboratory")
    return redirect("board:wall")


@policy(signed_in=True)
@require_http_methods(["GET", "HEAD", "POST"])
def choose_post(request: HttpRequest) -> HttpResponse:
    posts = getattr(request, "posts", [])
    if request.method == "POST":
        chosen = request.POST.get("post", "")
        if any(post.public_id == chosen for post in posts):
            request.session[ACTING] = chosen
            return redirect("accounts:start")
    return render(request, "accounts/choose_post.html", {"posts": posts})


@policy(signed_in=True)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGIN_URL)


@policy(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def lost_password(request: HttpRequest) -> HttpResponse:
    """Lead to the page that says whom to ask: posts are let in by people who know them, not by letters."""
    response = redirect(settings.LOGIN_URL)
    response["Cache-Control"] = "no-store"
    return response


@policy(signed_in=True)
@require_GET
def me(request: PostRequest) -> HttpResponse:
    """My account: my posts, my second factor."""
    return render(request, "accounts/me.html", account_page(request.user.pk or 0, request.scope))


@policy(public=True)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    code = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    if check_for_language(code) and code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, max_age=31_536_000, samesite="Lax", secure=request.is_secure()
        )
    return response


@policy(public=True)
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"alive": True})


@policy(public=True)
@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except DatabaseError:
        return JsonResponse({"ready": False}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"ready": True})
