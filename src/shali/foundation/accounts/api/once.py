"""No write twice: a program names each write with a key of its own, and gets the first answer for it again.

A write that was refused leaves no key behind, and may be tried again under the same one.
"""

import hashlib
import re
from collections.abc import Callable
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shali.foundation.accounts.api.endpoint import UNSAFE
from shali.foundation.accounts.api.problems import problem
from shali.foundation.accounts.middleware import API
from shali.foundation.accounts.services.answers import answer_of, keep_answer, take_key
from shali.foundation.clocks import now

HEADER = "Idempotency-Key"
KEY = re.compile(r"[A-Za-z0-9._~-]{8,80}")
KEPT = ("Content-Type", "Location", "ETag")


class OneAnswerPerKey:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = getattr(request, "api_token", None)
        if token is None or request.method not in UNSAFE or not request.path.startswith(API):
            return self.get_response(request)
        key = request.headers.get(HEADER, "")
        if not KEY.fullmatch(key):
            said = _("Name this write in the header Idempotency-Key: 8 to 80 of A-Z a-z 0-9 . _ ~ -, another for each.")
            return problem("no-key", status=400, detail=said)
        digest = _digest(request)
        number = take_key(token=token.pk, key=key, request_hash=digest, at=now())
        if number is None:
            return _again(token.pk, key, digest)
        response = self.get_response(request)
        if response.status_code < 400 and not response.streaming and not getattr(request, "answer_not_kept", False):
            headers = {name: response.headers[name] for name in KEPT if name in response.headers}
            keep_answer(number=number, status=response.status_code, headers=headers, body=response.content)
        return response


def _again(token: int, key: str, digest: bytes) -> HttpResponse:
    known = answer_of(token=token, key=key)
    if known.request_hash != digest:
        said = _("This key named another write before. Take a new key, or send what it named.")
        return problem("key-used", status=422, detail=said)
    if known.status is None:
        said = _("This write gave an answer that is not kept. Read what it made instead.")
        return problem("answer-not-kept", status=409, detail=said)
    response = HttpResponse(known.body, status=known.status, headers=dict(known.headers))
    response.headers["Idempotent-Replay"] = "true"
    return response


def _digest(request: HttpRequest) -> bytes:
    """Hash what a request asks for: its method, address and body; a form by its fields and files."""
    text = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not (request.content_type or "").startswith("multipart/"):
        text.update(request.body)
        return text.digest()
    for name, values in sorted(request.POST.lists()):
        text.update(repr((name, values)).encode())
    for name in sorted(request.FILES):
        file = cast(UploadedFile, request.FILES[name])
        text.update(repr((name, file.name)).encode())
        for chunk in file.chunks():
            text.update(hashlib.sha256(chunk).digest())
        file.seek(0)
    return text.digest()
