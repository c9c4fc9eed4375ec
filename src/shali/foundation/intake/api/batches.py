from typing import Literal

from django.http import FileResponse
from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.intake.queries import batches as reads
from shali.foundation.intake.queries.words import Batch, BatchState
from shali.foundation.intake.services.confirm import confirm_and_defer
from shali.foundation.intake.services.mappings import correct_mapping
from shali.foundation.intake.services.rejected import rejected_workbook
from shali.foundation.intake.services.undo import undo_batch
from shali.foundation.people.api.shown import PersonMasked

router = Router()
SEE = (Verb.SEE_LISTS, Verb.SEE_TRACING, Verb.SEE_TESTING)
TAKE = (Verb.RECEIVE_LISTS, Verb.INVESTIGATE, Verb.RUN_SITES)
Difference = Literal["", "sender_confirmed", "rest_follows", "sender_counted_all", "not_reachable"]


class ColumnOut(Schema):
    """field: what the column was taken for; empty when for nothing."""

    index: int
    letter: str
    heading: str
    field: str


class TableOut(Schema):
    sheet: str
    columns: list[ColumnOut]


class BatchOut(Schema):
    """received = people + duplicates + already_known + rejected + doubtful, once settled."""

    public_id: str
    state: str
    sender: str
    announced: int | None
    rows_total: int
    rows_done: int
    received: int
    people: int
    duplicates: int
    already_known: int
    rejected: int
    doubtful: int
    difference_reason: str
    tables: list[TableOut]


class BatchStateOut(Schema):
    batch: str
    state: str


class RowOut(Schema):
    """reasons: code and column; same_as: the row of the file that it repeats."""

    sheet: int
    row_no: int
    state: int
    person: PersonMasked | None
    reasons: list[tuple[str, str]]
    same_as: int | None


class RowsOut(Schema):
    """after: hand it back as `after` for the following page, empty at the end."""

    items: list[RowOut]
    total: int | None
    after: str


class Wanted(Given):
    state: Literal["all", "people", "duplicate", "already_known", "rejected", "doubtful"] = "all"
    after: str = Field("", pattern=r"^(\d{1,18}(~\d{1,9})?)?$")


class SheetIn(Given):
    """columns: which column (from 0) is what."""

    sheet: str = Field(max_length=100)
    columns: dict[str, str] = Field(max_length=200)


class ColumnsIn(Given):
    sheets: list[SheetIn] = Field(max_length=50)


class ConfirmIn(Given):
    """difference_reason: why the sender's number need not be ours, when it is not."""

    difference_reason: Difference = ""


@endpoint(
    router,
    "GET",
    "/{batch}",
    *SEE,
    response=BatchOut,
    summary="A batch: its state and its sums",
)
def one(request: PostRequest, batch: str) -> dict[str, object]:
    found = reads.batch_seen(request.scope, batch)
    return {
        "public_id": found.public_id,
        "state": _state(found),
        "sender": found.sender,
        "announced": found.announced,
        "rows_total": found.rows_total,
        "rows_done": found.rows_done,
        "received": found.received,
        "people": found.people,
        "duplicates": found.duplicates,
        "already_known": found.already_known,
        "rejected": found.rejected,
        "doubtful": found.doubtful,
        "difference_reason": found.difference_reason,
        "tables": _tables(found),
    }


@endpoint(
    router,
    "GET",
    "/{batch}/rows",
    *SEE,
    response=RowsOut,
    summary="What became of each row",
)
def rows(request: PostRequest, batch: str, wanted: Query[Wanted]) -> dict[str, object]:
    after, _sign, shown = wanted.after.partition("~")
    page = reads.rows_page(
        request.scope,
        reads.batch_seen(request.scope, batch),
        state=wanted.state,
        at=now(),
        after=int(after or 0),
        shown=int(shown or 0),
    )
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(
    router,
    "POST",
    "/{batch}/columns",
    *TAKE,
    response=BatchStateOut,
    summary="Correct what a column is",
)
def columns(request: PostRequest, batch: str, given: ColumnsIn) -> dict[str, str]:
    reads.batch_taken(request.scope, batch)
    said = {
        sheet.sheet: {int(index): field for index, field in sheet.columns.items() if index.isdecimal()}
        for sheet in given.sheets
    }
    return _done(correct_mapping(scope=request.scope, batch=batch, columns=said, by=request.scope.name, at=now()))


@endpoint(
    router,
    "POST",
    "/{batch}/confirm",
    *TAKE,
    response=BatchStateOut,
    summary="Confirm the columns",
)
def confirm(request: PostRequest, batch: str, given: ConfirmIn) -> dict[str, str]:
    """The rows are settled after the answer; ask the batch until its state is `settled`."""
    reads.batch_taken(request.scope, batch)
    done = confirm_and_defer(
        scope=request.scope,
        batch=batch,
        by=request.scope.name,
        at=now(),
        difference_reason=given.difference_reason,
    )
    return _done(done)


@endpoint(
    router,
    "POST",
    "/{batch}/rejected",
    *TAKE,
    response={200: None},
    summary="A workbook of the rejected rows",
)
def rejected(request: PostRequest, batch: str, given: Nothing) -> FileResponse:
    """An xlsx for the sender. It leaves the house: each call is recorded as an export."""
    reads.batch_taken(request.scope, batch)
    made = rejected_workbook(scope=request.scope, batch=batch, by=request.scope.name, at=now())
    return FileResponse(made.content, as_attachment=True, filename=made.file_name, content_type=made.content_type)


@endpoint(router, "POST", "/{batch}/undo", Verb.UNDO_LISTS, response=BatchStateOut, summary="Undo a batch whole")
def undo(request: PostRequest, batch: str, given: Nothing) -> dict[str, str]:
    return _done(undo_batch(scope=request.scope, batch=batch, by=request.scope.name, at=now()))


def _state(batch: Batch) -> str:
    return BatchState(batch.state).name.lower()


def _done(batch: Batch) -> dict[str, str]:
    return {"batch": batch.public_id, "state": _state(batch)}


def _tables(batch: Batch) -> list[dict[str, object]]:
    return [
        {
            "sheet": sheet["name"],
            "columns": [{**column, "field": column["field"] or ""} for column in table["columns"]],
        }
        for sheet in batch.inspection.get("sheets", [])
        for table in sheet["tables"]
    ]
