"""An answer's ETag is the hash of its body; a caller who holds it already gets 304 and no body."""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from shali.foundation.accounts.middleware import API


class UnchangedAnswers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "GET" or not request.path.startswith(API) or response.status_code != 200:
            return response
        if response.streaming:
            response.headers["Cache-Control"] = "no-store"  # a workbook leaves the house once for each record of it
            return response
        # Personal or not, an answer is for this caller alone, and asked for anew each time.
        response.headers["Cache-Control"] = "private, no-cache"
        version = getattr(request, "version_shown", None)
        prefix = "" if version is None else f"{version}."
        response.headers.setdefault("ETag", f'"{prefix}{hashlib.sha256(response.content).hexdigest()[:32]}"')
        return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
