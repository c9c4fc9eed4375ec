"""An endpoint is a door like a page: it says who may call it, makes one call, and shows the answer."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Router
from ninja.security import HttpBearer

from shali.foundation.accounts.api.given import refuse_unstorable
from shali.foundation.accounts.api.problems import NotAllowed, Problem
from shali.foundation.accounts.policy import Policy, PostRequest, authorise
from shali.foundation.accounts.roles import Verb

Answer = TypeVar("Answer")
# What every endpoint may answer, beside what it is for.
ALWAYS = {
    400: Problem,
    401: Problem,
    403: Problem,
    404: Problem,
    409: Problem,
    422: Problem,
    429: Problem,
    503: Problem,
}
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "minLength": 8, "maxLength": 80, "pattern": "^[A-Za-z0-9._~-]+$"},
    "description": "The caller's own name for this write. Sent again, the same answer comes back.",
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "pattern": r'^"[0-9]{1,9}(\.[0-9a-f]+)?"$'},
    "description": "The ETag of the answer that the caller acts on. Changed since, the act is refused with 409.",
}

# Read by the test that walks every endpoint.
_declared: dict[str, Policy] = {}


class BearerToken(HttpBearer):
    """The token was read by the middleware, which told the database who acts; here it is asked whether it may.

    Before the library reads the request: whoever may not do something learns nothing of how it is done.
    """

    openapi_bearerFormat = "shali_…"

    def __init__(self, declared: Policy | None = None) -> None:
        super().__init__()
        self.declared = declared

    def authenticate(self, request: HttpRequest, token: str) -> object | None:
        post: object | None = getattr(request, "post", None)
        if post is not None and self.declared is not None and not _may(request, self.declared):
            raise NotAllowed
        return post


def _may(request: HttpRequest, declared: Policy) -> bool:
    """Say whether the post may, and whether it lent the token the verb."""
    acting = cast(PostRequest, request)
    lent = acting.scope.verbs & {str(verb) for verb in declared.verbs}
    return bool(lent) and authorise(acting.post, declared)


def endpoint(
    router: Router,
    method: str,
    path: str,
    *verbs: Verb,
    response: Any,
    summary: str,
    if_match: bool = False,
    **more: Any,
) -> Callable[[Callable[..., Answer]], Callable[..., Answer | HttpResponseBase]]:
    """Declare an endpoint and who may call it: `@endpoint(router, "GET", "/lists", Verb.SEE_LISTS, response=…)`.

    response: the schema of a plain answer, or a mapping of status to schema
    if_match: the act may name the version that the caller had seen; changed since, it is refused
    more: handed to the router as it is
    """
    if not verbs:
        raise ValueError("An endpoint names the verbs of which a caller needs one.")
    declared = Policy(verbs=frozenset(verbs))
    answers: Mapping[int, Any] = response if isinstance(response, Mapping) else {200: response}

    def decorate(view: Callable[..., Answer]) -> Callable[..., Answer | HttpResponseBase]:
        @wraps(view)
        def guarded(request: PostRequest, *args: Any, **kwargs: Any) -> Answer | HttpResponseBase:
            if not _may(request, declared):
                raise NotAllowed
            refuse_unstorable(kwargs)
            return view(request, *args, **kwargs)

        _declared[_name(view)] = declared
        extra = {"parameters": [*([IDEMPOTENCY_KEY] if method in UNSAFE else []), *([IF_MATCH] if if_match else [])]}
        router.api_operation(
            [method],
            path,
            response={**ALWAYS, **answers},
            summary=summary,
            operation_id=_name(view),
            openapi_extra=extra,
            auth=BearerToken(declared),
            **more,
        )(guarded)
        return guarded

    return decorate


def policies(api: NinjaAPI) -> dict[tuple[str, str], Policy]:
    """Return the policy of every endpoint, by method and path, as the API's own description names them.

    :raises KeyError: an endpoint was not declared through `endpoint`
    """
    return {
        (method.upper(), path): _declared[operation["operationId"]]
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
    }


def _name(view: Callable[..., object]) -> str:
    module = view.__module__.removeprefix("shali.").removeprefix("foundation.").replace(".api", "")
    return f"{module}_{view.__name__}".replace(".", "_")
