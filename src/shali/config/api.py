"""The API, put together from the rooms' own routers; its description is made from them: /api/v1/openapi.json."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import orjson
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.renderers import BaseRenderer

from shali.foundation.accounts.api.endpoint import BearerToken
from shali.foundation.accounts.api.problems import speak_problems

# Each room's endpoints, under the first part of their address.
ROOMS = (
    ("/units", "shali.foundation.jurisdictions.api"),
    ("/posts", "shali.foundation.accounts.api.routes"),
    ("/audit", "shali.foundation.journal.api"),
    ("/people", "shali.foundation.people.api"),
    ("/batches", "shali.foundation.intake.api"),
    ("/tasks", "shali.foundation.tasks.api"),
    ("/measures", "shali.foundation.measures.api"),
    ("/verification", "shali.verification.api"),
    ("/tracing", "shali.tracing.api"),
    ("/testing", "shali.testing.api"),
    ("/staffing", "shali.staffing.api"),
    ("/figures", "shali.board.api"),
    ("/webhooks", "shali.exchange.api"),
)


class _Fast(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # data: what the schema made
        # Counts by code have numbers for keys, which JSON has not.
        return orjson.dumps(data, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


api = NinjaAPI(
    title="Shali",
    version="1",
    description=(
        "Everything that a page can do. A token acts for one post, with some of its verbs. Errors are problem details"
        " (RFC 9457); lists are paged by `after`; a write is named by an Idempotency-Key, and sent again does nothing"
        " again; times are UTC, days are the city's."
    ),
    auth=BearerToken(),
    renderer=_Fast(),
    docs_url=None,  # its page would load scripts from elsewhere
    openapi_url="/openapi.json",
    urls_namespace="api",
)
speak_problems(api)
for _prefix, _module in ROOMS:
    if find_spec(_module.rpartition(".")[0]) and find_spec(_module):
        api.add_router(_prefix, import_module(_module).router)
