"""Errors as RFC 9457 problem details: what is wrong, and what to do, for a program as for a page."""

from collections.abc import Mapping
from typing import Any, cast

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from shali.foundation.ui.refusal import NotInScope, Refusal, WrongInput

MEDIA_TYPE = "application/problem+json"


class NotAllowed(Exception):
    """A token, or the post it acts for, has none of the verbs that an endpoint asks for."""


class Problem(Schema):
    """RFC 9457. `type` is one of urn:shali:problem:<signed-out, forbidden, not-found, refused, wrong-input, ...>."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []


def problem(kind: str, *, status: int, detail: str, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    """Return a problem; what the request had begun is taken back."""
    body = {
        "type": f"urn:shali:problem:{kind}",
        "title": kind.replace("-", " "),
        "status": status,
        "detail": detail,
        "errors": errors or [],
    }
    response = HttpResponse(orjson.dumps(body), status=status, content_type=MEDIA_TYPE)
    response.refused = True  # type: ignore[attr-defined]  # tells ScopeMiddleware to roll back
    return response


def signed_out() -> HttpResponse:
    response = problem(
        "signed-out", status=401, detail=_("Send a token that holds, as `Authorization: Bearer shali_…`.")
    )
    response.headers["WWW-Authenticate"] = 'Bearer realm="shali"'
    return response


def forbidden() -> HttpResponse:
    return problem("forbidden", status=403, detail=_("This token, or the post it acts for, may not do that."))


def speak_problems(api: NinjaAPI) -> None:
    """Let every refusal of an API leave as a problem."""
    for kind, answer in (
        (Refusal, _refused),
        (NotInScope, _missing),
        (Http404, _missing),
        (ValidationError, _unreadable),
        (NotAllowed, lambda request, error: forbidden()),
        (AuthenticationError, lambda request, error: signed_out()),
        (HttpError, _unsaid),
    ):
        # The library types a handler for an error or its class; it only ever hands the error.
        api.add_exception_handler(kind, cast(Any, answer))


def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    kind = "wrong-input" if isinstance(error, WrongInput) or error.status == 422 else "refused"
    fields = [{"where": name, "what": what} for name, what in error.fields.items()]
    answer = problem(kind, status=error.status, detail=error.message, errors=fields)
    answer.afterwards = error.afterwards  # type: ignore[attr-defined]
    return answer


def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem("not-found", status=404, detail=_("There is no such thing within what this token may see."))


def _unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    said = _("The request cannot be taken as it is; `errors` says where.")
    return problem("wrong-input", status=422, detail=said, errors=[_where(one) for one in error.errors])


def _unsaid(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem("wrong-request", status=error.status_code, detail=str(error))


def _where(error: Mapping[str, object]) -> dict[str, str]:
    place = error.get("loc", ())
    # What was sent may be a person's; only its place and the rule are said back.
    return {
        "where": ".".join(str(part) for part in place) if isinstance(place, tuple | list) else str(place),
        "what": str(error.get("msg", "")),
    }
