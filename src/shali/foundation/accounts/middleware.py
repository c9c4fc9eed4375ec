from collections.abc import Callable
from dataclasses import replace

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from shali.foundation.accounts.models import Post
from shali.foundation.accounts.queries import active_posts
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.tokens import token_in_force
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import Scope, tell_database

ACTING = "acting_post"
API = "/api/"
BEARER = "Bearer "
ONLY_READS = ("GET", "HEAD")


class ScopeMiddleware:
    """Say who acts in a request and what he may see, to the views and to the database.

    Posts are read anew for every request: one that was revoked or has run out ends here. The view runs in one
    transaction whose rows the database limits to the post's part of the tree.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.post = None  # type: ignore[attr-defined]
        request.scope = None  # type: ignore[attr-defined]
        if request.path.startswith(("/static/", "/health/")):
            return self.get_response(request)
        if request.path.startswith(API):
            # A program is known by its token alone: a browser's session opens no endpoint.
            self._take_token(request)
        elif request.user.is_authenticated:
            self._take_post(request)
        with transaction.atomic():
            if request.scope is not None:  # type: ignore[attr-defined]
                tell_database(
                    request.scope.path,  # type: ignore[attr-defined]
                    only_reads=request.method in ONLY_READS,
                )
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(response, "refused", False):
                transaction.set_rollback(True)
        afterwards = getattr(response, "afterwards", None)
        if afterwards is not None and request.scope is not None:  # type: ignore[attr-defined]
            with transaction.atomic():
                tell_database(request.scope.path)  # type: ignore[attr-defined]
                afterwards()
        return response

    def _take_token(self, request: HttpRequest) -> None:
        said = request.headers.get("Authorization", "")
        token = token_in_force(token=said.removeprefix(BEARER), at=now()) if said.startswith(BEARER) else None
        request.api_token = token  # type: ignore[attr-defined]
        if token is not None:
            request.post = token.post  # type: ignore[attr-defined]
            whole = scope_of(token.post)
            request.scope = replace(whole, verbs=whole.verbs & frozenset(token.verbs))  # type: ignore[attr-defined]

    def _take_post(self, request: HttpRequest) -> None:
        posts = active_posts(request.user.pk or 0, at=now())
        chosen = request.session.get(ACTING)
        post = next((one for one in posts if one.public_id == chosen), None)
        if post is None and len(posts) == 1:
            post = posts[0]
        request.posts = posts  # type: ignore[attr-defined]
        request.post = post  # type: ignore[attr-defined]
        request.scope = scope_of(post) if post else None  # type: ignore[attr-defined]


def scope_of(post: Post) -> Scope:
    """Return what a post may see and do."""
    return Scope(
        path=post.path,
        name=f"post:{post.pk}",
        post=post.pk,
        verbs=frozenset(str(verb) for verb in Role.by_code(post.role).verbs),
        department=post.department_id,
        role=post.role,
    )


class NothingKept:
    """Let no browser and no proxy keep what somebody saw signed in, a refusal or a library's page neither."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        declared = getattr(getattr(request.resolver_match, "func", None), "policy", None)
        is_public = declared is not None and declared.public
        if not is_public and (request.path.startswith(API) or request.user.is_authenticated):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class LanguageOfUser:
    """Speak the language that the signed-in person chose, unless the browser's cookie says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and "language" not in request.COOKIES:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


def database_role() -> str:
    """Return the role under which the open connection works."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])
