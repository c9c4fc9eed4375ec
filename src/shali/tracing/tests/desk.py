"""A small outbreak for the tests of this room: invented people of two counties, and an investigator."""

import uuid
from datetime import date, datetime, timedelta, timezone

from django.conf import settings

from shali.config import reference
from shali.config.demo.residents import AREA
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import DocumentKind, Person
from shali.foundation.people.rules import check_character
from shali.foundation.people.services.enrol import NewAddress, NewDocument, NewPerson, enrol_people
from shali.tracing.models import Case, Contact
from shali.tracing.rules import Classification
from shali.tracing.services.cases import CaseNews, open_case
from shali.tracing.services.contacts import Entered, Line, Meeting, enter_contacts

ZONE = timezone(timedelta(hours=8))
AT = datetime(2022, 8, 10, 9, 0, tzinfo=ZONE)
CITY = Scope(path="4111", name="post:1")
OTHER = Scope(path="4111", name="post:2")
ONSET = date(2022, 8, 8)


def number_of(place: int) -> str:
    first = f"{AREA}198001{1 + place // 900:02d}{place % 900 + 100:03d}"
    return first + check_character(first)


def people(count: int, *, county: str = "4111.02", start: int = 0) -> list[int]:
    """Enrol invented people in one community of a county; return their ids."""
    unit = Unit.objects.filter(level=4, path__startswith=county).order_by("path")[0]
    new = [
        NewPerson(
            name=f"乌有{start + n:03d}",
            unit=unit.pk,
            path=unit.path,
            sex=1 + n % 2,
            birth_on=date(1980, 1, 1),
            documents=(NewDocument(DocumentKind.RESIDENT_ID, number_of(start + n), True),),
            phones=(f"144{start + n:08d}",),
            addresses=(NewAddress("某街1号", unit.pk),),
            division=unit.code,
        )
        for n in range(count)
    ]
    with in_scope(system_scope("test")):
        return enrol_people(new, source="register", at=AT - timedelta(days=30))


def ready() -> None:
    """Enter what an installation has from its start: units, outbreak, questionnaire."""
    reference.ensure()


def a_case(person: int, *, onset: date | None = ONSET, days_ago: float = 0, **news: object) -> Case:
    """Open a confirmed case of a person, reported some days before AT."""
    at = AT - timedelta(days=days_ago)
    said = {
        "classification": Classification.CONFIRMED if onset else Classification.ASYMPTOMATIC,
        "reported_at": at,
        "origin": "laboratory",
        "evidence": "laboratory_result",
        "onset_on": onset,
        "first_positive_at": at - timedelta(hours=6),
        **news,
    }
    with in_scope(CITY):
        known = Person.objects.get(pk=person)
        return open_case(scope=CITY, person=known.public_id, news=CaseNews(**said), by=CITY.name, at=at)


def met(first: date, last: date | None = None, **how: object) -> Meeting:
    """Return a meeting at noon of a day, or on days up to another."""
    noon = datetime(first.year, first.month, first.day, 12, 0, tzinfo=ZONE)
    end = noon if last is None else datetime(last.year, last.month, last.day, 13, 0, tzinfo=ZONE)
    return Meeting(noon, max(end, noon + timedelta(minutes=30)), **{"situation": "shared_meal", **how})


def contacts_of(case: Case, who: list[int], meeting: Meeting, *, at: datetime = AT) -> list[Entered]:
    with in_scope(CITY):
        lines = [
            Line(one, Meeting(meeting.first_at, meeting.last_at, meeting.situation, meeting.protection,
                              meeting.certainty, meeting.place, uuid.uuid4()))
            for one in who
        ]  # fmt: skip
        return enter_contacts(scope=CITY, case=case.public_id, lines=lines, by=CITY.name, at=at)


def contact_of(person: int) -> Contact:
    with in_scope(system_scope("test")):
        return Contact.objects.filter(person_id=person, outbreak_id=settings.OUTBREAK).order_by("-id")[0]
