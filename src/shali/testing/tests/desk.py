"""What the tests of this room begin with: a community with people, a round, a point, a device that was let in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shali.config import reference
from shali.config.demo.device import Device
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import DocumentKind
from shali.foundation.people.rules import check_character
from shali.foundation.people.services.enrol import NewDocument, NewPerson, enrol_people
from shali.foundation.vault.outbox import Opener
from shali.testing.models import Expected, Laboratory, Round, Site, Tube
from shali.testing.rules import Outcome, Reading, Standing
from shali.testing.services.laboratory import add_laboratory
from shali.testing.services.processing import process_inbox
from shali.testing.services.results import take_results
from shali.testing.services.rounds import Plan, freeze_roster, plan_round
from shali.testing.services.sites import NewSite, add_site
from shali.testing.services.stations import enrol, make_station

AT = datetime(2022, 8, 11, 0, 0, tzinfo=UTC)  # eight in the morning
AREA = "990000"  # no division has it
COMMUNITY = "4111.02.001.001"
DESK = Scope(path="4111.02.001", name="post:1")
CLERK, OTHER = Scope(path="4111.02", name="post:2"), Scope(path="4111.02", name="post:3")
OPENER = Opener()


def number_of(place: int) -> str:
    first = f"{AREA}198001{1 + place // 900:02d}{place % 900 + 100:03d}"
    return first + check_character(first)


def enrol_residents(count: int, start: int = 0) -> list[int]:
    unit = Unit.objects.get(path=COMMUNITY)
    new = [
        NewPerson(
            name=f"乌有{start + n:04d}",
            unit=unit.pk,
            path=unit.path,
            documents=(NewDocument(DocumentKind.RESIDENT_ID, number_of(start + n), True),),
        )
        for n in range(count)
    ]
    with in_scope(system_scope("test")):
        return enrol_people(new, source="register", at=AT - timedelta(days=30))


@dataclass
class Desk:
    round: Round
    site: Site
    people: list[int]

    def device(self, table: int = 1, **more: object) -> Device:
        with in_scope(DESK):
            made = make_station(scope=DESK, site=self.site.public_id, table=table, by=DESK.name, at=AT)
        device = Device(**more)  # type: ignore[arg-type]  # what a test gives
        device.public_id = enrol(code=made.code, key=device.key, app="test", at=AT).public_id
        return device

    def standing(self, place: int) -> Standing:
        with in_scope(system_scope("test")):
            return Standing(Expected.objects.get(round=self.round, person_id=self.people[place]).standing)

    def tube(self, code: str) -> Tube:
        with in_scope(system_scope("test")):
            return Tube.objects.get(round=self.round, code=code)


def open_round(people: int = 30, *, pool_size: int = 10, unit: str | tuple[str, ...] = "4111.02.001") -> Desk:
    """Return an open round of a township with one sampling point of three tables."""
    reference.ensure()
    known = enrol_residents(people)
    city = Scope(path="4111", name="post:9")
    with in_scope(city):
        plan = Plan((unit,) if isinstance(unit, str) else unit, AT, AT + timedelta(hours=12), pool_size)
        made = plan_round(scope=city, plan=plan, by=city.name, at=AT)
    freeze_roster(made=made.pk, by=city.name, at=AT)
    with in_scope(DESK):
        site = add_site(scope=DESK, made=made.public_id, new=NewSite("甲点", COMMUNITY, tables=3), by=DESK.name, at=AT)
        made.refresh_from_db()
    return Desk(made, site, known)


def fill(device: Device, tube: str, places: range | list[int], at: datetime = AT, **more: object) -> list[str]:
    """Swab people into a tube and seal it; return the events of the swabs."""
    events = [device.swab(at + timedelta(seconds=n), tube, number_of(place), **more) for n, place in enumerate(places)]
    device.write(at + timedelta(seconds=len(events)), k="seal", tube=tube, n=len(events))
    return events


def work_off(at: datetime = AT) -> int:
    """Empty the inbox; return how many events it held."""
    total = 0
    while done := process_inbox(opener=OPENER, at=at):
        total += done
    return total


def a_laboratory(per_hour: int = 500) -> Laboratory:
    with in_scope(CLERK):
        return add_laboratory(scope=CLERK, name="某实验室", per_hour=per_hour, by=CLERK.name, at=AT)


def a_result(tube: str, outcome: Outcome, *, well: str = "", hours: float = 6, **more: object) -> Reading:
    ct = {"ct_n": None, "ct_orf": None} if outcome is Outcome.NEGATIVE else {"ct_n": 31.2, "ct_orf": 32.7}
    said = {"run": "R1", "plate": "P1", "well": well or tube, "tested_at": AT + timedelta(hours=hours), **ct, **more}
    return Reading(tube=tube, outcome=outcome, **said)  # type: ignore[arg-type]  # what a test gives


def hand_in(bench: Laboratory, *readings: Reading, by: Scope = CLERK, hours: float = 7):
    at = AT + timedelta(hours=hours)
    with in_scope(by):
        return take_results(scope=by, laboratory=bench.public_id, readings=readings, wrong=(), by=by.name, at=at)
