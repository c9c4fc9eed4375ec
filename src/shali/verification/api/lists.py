from datetime import datetime

from django.http import FileResponse
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.ui.uploads import uploaded
from shali.verification.queries import lists as reads
from shali.verification.queries.words import Channel
from shali.verification.services.receive import HandOver, receive_list
from shali.verification.services.reply import make_reply

router = Router()


class ListOut(Schema):
    public_id: str
    day: str
    number: int
    channel: str
    sender: str
    state: int
    handed_over_at: datetime
    due_at: datetime
    announced: int | None
    received: int
    people: int
    open: int
    overdue: int
    doubtful: int

    @staticmethod
    def resolve_day(row: reads.ListRow) -> str:
        return row.day.isoformat()

    @staticmethod
    def resolve_channel(row: reads.ListRow) -> str:
        return Channel(row.channel).name.lower()


class ListsOut(Schema):
    items: list[ListOut]


class ListFiguresOut(ListOut):
    """received = people_new + duplicates + already_known + rejected + doubtful; people = closed + open."""

    batch: str
    people_new: int
    duplicates: int
    already_known: int
    rejected: int
    closed: int
    not_accepted: int
    blocked: int
    soon: int


class ReceivedOut(Schema):
    """is_new: false when the same file had been received before; nothing was done twice."""

    list: str
    batch: str
    is_new: bool


class HandOverIn(Given):
    channel: str = Field(pattern="^(provincial_big_data|public_security|another_city|hospital|own_finding|other)$")
    sender: str = Field(min_length=1, max_length=120)
    sender_reference: str = Field("", max_length=120)
    announced: int | None = Field(None, ge=0, le=10_000_000)
    handed_over_at: datetime
    asked: str = Field("", max_length=200)
    corrects: str = Field("", max_length=12)


@endpoint(router, "GET", "", Verb.SEE_LISTS, response=ListsOut, summary="Pushed lists, open ones first")
def index(request: PostRequest) -> dict[str, object]:
    return {"items": reads.lists(request.scope, at=now())}


@endpoint(router, "POST", "", Verb.RECEIVE_LISTS, response={201: ReceivedOut}, summary="Hand a list in as a file")
def receive(
    request: PostRequest,
    said: Form[HandOverIn],
    file: UploadedFile = File(...),  # noqa: B008  # how the library names a file
) -> Status[ReceivedOut]:
    upload = uploaded(file)
    received = receive_list(
        scope=request.scope,
        path=upload.path,
        file_name=upload.name,
        hand_over=HandOver(
            channel=Channel[said.channel.upper()],
            sender=said.sender.strip(),
            sender_reference=said.sender_reference.strip(),
            announced=said.announced,
            handed_over_at=said.handed_over_at,
            asked=said.asked.strip(),
            corrects=said.corrects,
        ),
        by=request.scope.name,
        at=now(),
    )
    made = ReceivedOut(list=received.public_id, batch=received.batch_public_id, is_new=received.is_new)
    return Status(201, made)


@endpoint(router, "GET", "/{pushed_list}", Verb.SEE_LISTS, response=ListFiguresOut, summary="What a list adds up to")
def one_list(request: PostRequest, pushed_list: str) -> reads.ListFigures:
    return reads.list_figures(request.scope, pushed_list, at=now())


@endpoint(
    router,
    "GET",
    "/{pushed_list}/reply",
    Verb.REPLY_TO_LISTS,
    response={200: None},
    summary="The sender's workbook",
)
def reply(request: PostRequest, pushed_list: str) -> FileResponse:
    """An xlsx with what became of each row. It leaves the house: each call is recorded as an export."""
    made = make_reply(scope=request.scope, pushed_list=pushed_list, by=request.scope.name, at=now())
    return FileResponse(made.content, as_attachment=True, filename=made.file_name, content_type=made.content_type)
