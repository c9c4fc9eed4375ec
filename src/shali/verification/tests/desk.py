"""A small desk for the tests of this room: a list of three invented people, handed over and settled."""

import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

from openpyxl import Workbook

from shali.config.demo.residents import AREA
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.people.models import DocumentKind
from shali.foundation.people.rules import check_character
from shali.foundation.people.services.enrol import NewAddress, NewDocument, NewPerson, enrol_people
from shali.foundation.tasks.models import Task
from shali.verification.models import Channel, Way
from shali.verification.rules import Fact
from shali.verification.services.findings import record_finding
from shali.verification.services.receive import HandOver, ReceivedList, receive_list

ZONE = timezone(timedelta(hours=8))
HANDED_OVER = datetime(2022, 8, 10, 8, 0, tzinfo=ZONE)
AT = HANDED_OVER + timedelta(hours=1)
CITY = Scope(path="4111", name="post:1")
WORKER = Scope(path="4111", name="post:2")
OTHER = Scope(path="4111", name="post:3")
NAMES = ("乌有甲", "乌有乙", "乌有丙")
ESTABLISHING = {
    Fact.COUNTED: "household_3",
    Fact.IDENTIFIED: "document_checked",
    Fact.LOCATED: "at_home",
    Fact.CONTROLLED: "home_monitoring",
}


def number_of(place: int) -> str:
    first = f"{AREA}19800101{place:03d}"
    return first + check_character(first)


def enrol_three() -> list[int]:
    """Enrol three people of one community and return their ids."""
    unit = Unit.objects.filter(level=4).order_by("path")[0]
    people = [
        NewPerson(
            name=name,
            unit=unit.pk,
            path=unit.path,
            sex=1,
            birth_on=datetime(1980, 1, 1, tzinfo=ZONE).date(),
            documents=(NewDocument(DocumentKind.RESIDENT_ID, number_of(place), True),),
            phones=(f"1440000000{place}",),
            addresses=(NewAddress("某街1号", unit.pk),),
            division=unit.code,
        )
        for place, name in enumerate(NAMES, start=1)
    ]
    return enrol_people(people, source="register", at=AT - timedelta(days=30))


def push(
    folder: Path, *, hours_later: float = 0, people: int = 3, announced: int | None = None, title: str = "名单"
) -> ReceivedList:
    """Receive, confirm and settle a list of the first of the three people."""
    path = folder / f"{title}.xlsx"
    book = Workbook()
    for unwanted in book.worksheets:
        book.remove(unwanted)
    sheet = book.create_sheet(title)
    sheet.append(["姓名", "身份证号", "联系电话", "住址"])
    for place, name in enumerate(NAMES[:people], start=1):
        sheet.append([name, number_of(place), f"1440000000{place}", "某街1号"])
    book.save(path)
    handed_over = HANDED_OVER + timedelta(hours=hours_later)
    said = HandOver(Channel.PUBLIC_SECURITY, "市公安局", "", announced, handed_over, "")
    at = handed_over + timedelta(hours=1)
    with in_scope(CITY):
        one = receive_list(scope=CITY, path=path, file_name=path.name, hand_over=said, by=CITY.name, at=at)
        confirm_batch(scope=CITY, batch=one.batch_public_id, by=CITY.name, at=AT)
    settle_batch(batch=one.batch, at=at)
    return one


def establish(task: Task, *, facts: tuple[Fact, ...] = tuple(Fact), at: datetime = AT) -> None:
    for fact in facts:
        record_finding(
            scope=WORKER,
            task=task.public_id,
            entry=uuid.uuid4(),
            fact=fact,
            code=ESTABLISHING[fact],
            way=Way.PHONE,
            taken_at=at,
            by=WORKER.name,
            at=at,
        )
