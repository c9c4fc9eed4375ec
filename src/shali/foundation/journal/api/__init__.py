from datetime import datetime

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.journal.queries import looks, roots

router = Router(tags=["audit"])
SHOWN = 50


class LookOut(Schema):
    number: int
    at: datetime
    by: str
    unit: str
    unit_en: str
    act: str
    purpose: str
    subject_kind: str
    people: int
    fields_seen: list[str] = Field(alias="fields")


class LooksOut(Schema):
    """before: hand it back as `before` for the following page, null at the end."""

    items: list[LookOut]
    before: int | None


class RootOut(Schema):
    day: str
    records: int
    last_record: int
    root: str


class RootsOut(Schema):
    items: list[RootOut]


class Wanted(Given):
    before: int | None = Field(None, ge=1, le=2**63 - 1)
    act: str = Field("", max_length=40)


@endpoint(router, "GET", "/looks", Verb.READ_AUDIT, response=LooksOut, summary="Who looked at whom, the newest first")
def who_looked(request: PostRequest, wanted: Query[Wanted]) -> dict[str, object]:
    found = looks(request.scope, before=wanted.before, act=wanted.act, limit=SHOWN + 1)
    return {"items": found[:SHOWN], "before": found[SHOWN - 1].number if len(found) > SHOWN else None}


@endpoint(router, "GET", "/roots", Verb.READ_AUDIT, response=RootsOut, summary="The daily roots of the record")
def daily_roots(request: PostRequest) -> dict[str, object]:
    items = [
        {"day": one.day.isoformat(), "records": one.records, "last_record": one.last_record, "root": one.root}
        for one in roots(request.scope)
    ]
    return {"items": items}
