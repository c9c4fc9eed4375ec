"""The station's doors: its page, which works without network, and where it speaks to the server."""

import base64
import binascii
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from shali.foundation.accounts.policy import policy
from shali.foundation.clocks import now
from shali.foundation.ui.refusal import Refusal
from shali.testing.queries import words
from shali.testing.services.copies import take_copy
from shali.testing.services.envelopes import Sent
from shali.testing.services.stations import enrol, known_station, pack_for
from shali.testing.web.bare import MOST_BYTES, answer, read_sent
from shali.testing.web.station_words import station_words


@policy(public=True)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    sizes = sorted(words.TUBES.items(), reverse=True)
    return render(request, "testing/station.html", {"words": station_words(), "sizes": sizes})


@policy(public=True)
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page on the device; from here it may answer for all of /station/."""
    found = finders.find("build/station_worker.js") or str(Path(settings.STATIC_ROOT) / "build" / "station_worker.js")
    return HttpResponse(Path(found).read_bytes(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@policy(public=True)
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    icon = {"src": static("ui/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    said = {"name": _("Sampling table"), "start_url": "/station/", "scope": "/station/", "display": "standalone"}
    return JsonResponse(said | {"icons": [icon]}, content_type="application/manifest+json")


@csrf_exempt
@policy(public=True)
@require_POST
def let_in(request: HttpRequest) -> HttpResponse:
    """Let a device in by its code, once."""
    said = _json(request)
    try:
        key = base64.b64decode(str(said.get("key", "")), validate=True)
        station = enrol(code=str(said.get("code", "")), key=key, app=str(said.get("app", "")), at=now())
    except binascii.Error:
        return JsonResponse({"message": _("The device's key cannot be read.")}, status=422)
    except Refusal as refused:
        return JsonResponse({"message": refused.message}, status=refused.status)
    return JsonResponse({"station": station.public_id})


@csrf_exempt
@policy(public=True)
@require_POST
def pack(request: HttpRequest) -> HttpResponse:
    """What a station works from. It signs this question as it signs a batch."""
    at = now()
    try:
        station = known_station(sent=_sent(request), at=at)
    except Refusal as refused:
        return JsonResponse({"message": refused.message}, status=refused.status)
    pack = pack_for(station=station, at=at, have=str(_json(request).get("have", "")))
    return HttpResponse(orjson.dumps(pack), content_type="application/json")


@csrf_exempt
@policy(public=True)
@require_POST
def batches(request: HttpRequest) -> HttpResponse:
    """Take a batch of sealed events. A server that knows `bare.with_stations` answers before this one is asked."""
    status, body, more = answer(_sent(request))
    return HttpResponse(body, status=status, content_type="application/json", headers=dict(more))


@csrf_exempt
@policy(public=True)
@require_POST
def copies(request: HttpRequest) -> HttpResponse:
    """Take lines of a second copy from the device that lost its store: each is signed, so nothing else is asked."""
    said = request.headers.get("X-Said", "")
    try:
        sent_ms = int(said) if said.isdecimal() and len(said) < 16 else None
        handed = take_copy(body=request.body[:MOST_BYTES], at=now(), sent_ms=sent_ms)
    except Refusal as refused:
        return JsonResponse({"message": refused.message}, status=refused.status)
    return HttpResponse(orjson.dumps(handed), content_type="application/json")


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        said = orjson.loads(request.body[:10_000])
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}


def _sent(request: HttpRequest) -> Sent:
    return read_sent(request.META, request.body[:MOST_BYTES])
