"""A round of mass testing in one township of the demo city, played up to the hour at which the exercise begins."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shali.config.demo.cast import enter_part
from shali.config.demo.device import Device
from shali.config.demo.outbreak import scope_of
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Document
from shali.foundation.vault.outbox import Opener
from shali.foundation.vault.sealing import open_text
from shali.staffing.services.shifts import NewShift, enter_worker, give_shift
from shali.testing.models import Box, Expected, Round, Site, Tube
from shali.testing.rules import Outcome, Reading
from shali.testing.services.groups import Hours, add_members, make_group, set_hours
from shali.testing.services.laboratory import add_laboratory, receive_box
from shali.testing.services.left import exempt_people, visit_at_home
from shali.testing.services.processing import process_inbox
from shali.testing.services.results import take_results
from shali.testing.services.rounds import Plan, freeze_roster, plan_round
from shali.testing.services.sites import NewSite, add_site, check_protection
from shali.testing.services.stations import enrol, make_station

SEED = 811
POINTS = ("甲采样点", "乙采样点", "丙采样点")
# The share of its people that each point has reached by now: the last falls behind.
REACHED = (0.93, 0.74, 0.41)
HOURS_BEFORE = 3.0
TUBES_TO_A_BOX = 6


@dataclass
class Table:
    """A device at work: whom it still has before it, the tubes on its table."""

    device: Device
    site: Site
    number: int
    queue: list[str] = field(default_factory=list)
    tubes: list[str] = field(default_factory=list)
    sent: int = 0


def play_round(morning: datetime, *, township: str) -> str:
    """Play a round that began at six; return its public number."""
    draw = random.Random(SEED)  # noqa: S311  # two machines play the same round, nothing secret
    begins = morning - timedelta(hours=HOURS_BEFORE)
    planned = begins - timedelta(hours=10)
    city = scope_of(enter_part("city-duty", at=planned))
    with in_scope(city):
        plan = Plan((township,), begins, begins + timedelta(hours=12), 10)
        made = plan_round(scope=city, plan=plan, by=city.name, at=planned)
    freeze_roster(made=made.pk, by=city.name, at=planned)
    sites = _points(made, city, planned)
    tables = [table for site in sites for table in _tables(site, city, begins)]
    numbers = _numbers(made, sites, draw)
    for table in tables:
        table.queue = numbers[table.site.pk][table.number - 1 :: 2]
    _sample(tables, begins, morning, draw)
    opener = Opener()
    while process_inbox(opener=opener, at=morning):
        pass
    _test(made, city, morning)
    _left(made, city, morning)
    _groups(made, sites, city, planned)
    return made.public_id


def _groups(made: Round, sites: list[Site], city: Scope, at: datetime) -> None:
    """Let a school come in the first hours, and a factory at noon, each at a point of its own."""
    coming = (("某小学", "school", sites[0], 0, 2), ("某食品厂", "enterprise", sites[-1], 5, 7))
    with in_scope(system_scope("demo")):
        for place, (name, kind, site, first, last) in enumerate(coming):
            group = make_group(scope=city, name=name, kind=kind, unit=site.path, by=city.name, at=at)
            near = Expected.objects.filter(round=made, path=site.path, guest=False).order_by("person_id")
            add_members(group=group, people=list(near.values_list("person_id", flat=True)[place : 60 + place]), at=at)
            when = Hours(
                made.starts_at + timedelta(hours=first), made.starts_at + timedelta(hours=last), site.public_id
            )
            set_hours(scope=city, made=made.public_id, group=group.public_id, hours=when, by=city.name, at=at)


def _points(made: Round, city: Scope, at: datetime) -> list[Site]:
    with in_scope(city):
        communities = list(Unit.objects.filter(parent__path=made.path).order_by("path"))
        parts = [communities[place :: len(POINTS)] for place in range(len(POINTS))]
        sites = [
            add_site(
                scope=city,
                made=made.public_id,
                new=NewSite(
                    name,
                    part[0].path,
                    tuple(unit.path for unit in part),
                    latitude=33.571 + 0.004 * place,
                    longitude=114.011 + 0.012 * place,
                ),
                by=city.name,
                at=at,
            )
            for place, (name, part) in enumerate(zip(POINTS, parts, strict=True))
            if part
        ]
        for site in sites[:2]:
            there = ("ventilation", "one_way", "two_metres", "hand_gel", "coveralls", "waste_bin", "water")
            check_protection(scope=city, site=site.public_id, there=there, by=city.name, at=at + timedelta(hours=9))
        for place, site in enumerate(sites):
            _shifts(site, place, city, at)
    return sites


def _shifts(site: Site, place: int, city: Scope, at: datetime) -> None:
    """Let two samplers, a registrar and a volunteer stand at a point; one sampler's training ends today."""
    staff = (("乌有甲", "sampler"), ("乌有乙", "sampler"), ("子虚丙", "registrar"), ("无是丁", "volunteer"))
    for n, (name, kind) in enumerate(staff):
        last = day_of(at) + timedelta(days=1 if place == 2 and n == 0 else 90)
        worker = enter_worker(
            scope=city, name=f"{name}{place + 1}", kind=kind, unit=site.path,
            trained_until=last if kind == "sampler" else None, by=city.name, at=at,
        )  # fmt: skip
        begins = site.opens_at + timedelta(hours=4 * (n % 2))
        new = NewShift(worker.public_id, site.public_id, begins, begins + timedelta(hours=4), in_heat=n % 2 == 1)
        give_shift(scope=city, new=new, by=city.name, at=at)


def _tables(site: Site, city: Scope, at: datetime) -> list[Table]:
    tables = []
    for number in range(1, site.tables + 1):
        with in_scope(city):
            made = make_station(scope=city, site=site.public_id, table=number, by=city.name, at=at)
        device = Device()
        device.public_id = enrol(code=made.code, key=device.key, app="1", at=at).public_id
        tables.append(Table(device, site, number))
    return tables


def _numbers(made: Round, sites: list[Site], draw: random.Random) -> dict[int, list[str]]:
    """Return the document numbers of whoever has come to each point by now, in the order in which they came."""
    found = {}
    with in_scope(system_scope("demo")):
        for site, reached in zip(sites, REACHED, strict=False):
            paths = list(site.covers.values_list("path", flat=True))
            people = Expected.objects.filter(round=made, path__in=paths).order_by("path", "id")
            rows = list(
                Document.objects.filter(
                    person_id__in=people.values("person_id"), whole=True, kind=1, ended_at=None
                ).order_by("person__path", "person__household_id", "person_id")
            )
            rows = rows[: int(len(rows) * reached)]
            draw.shuffle(rows)
            found[site.pk] = [
                open_text(one.number_sealed, table="people_document", column="number", row=one.pk) for one in rows
            ]
    return found


def _sample(tables: list[Table], begins: datetime, until: datetime, draw: random.Random) -> None:
    """Swab everybody in the queues until now; two tables end up with the same label, one is without network."""
    for place, table in enumerate(tables):
        step = (until - begins - timedelta(minutes=8)) / max(1, len(table.queue))
        at, tube, members, count = begins + timedelta(minutes=2), "", 0, 0
        for number in table.queue:
            if not tube:
                count += 1
                tube = f"LH0811-{table.site.pk}{table.number}-{count:03d}"
                if place == 1 and count == 3:
                    tube = tables[0].tubes[2]  # the label of the table beside it
            table.device.swab(at, tube, number, size=10)
            members += 1
            at += step * draw.uniform(0.9, 1.1)
            if members == 10:
                _seal(table, tube, members, at)
                tube, members = "", 0
        if place == 2:
            table.device.swab(at, tube or "LH0811-G-001", "E12345678", name="WU YOU", size=10)
        is_silent = place == len(tables) - 1
        cut = len(table.device.outbox) // 2 if is_silent else len(table.device.outbox)
        table.device.on_paper = 4 if place == 3 else 0
        # The last table has been without network for an hour and a half.
        _send(table, cut, until - timedelta(minutes=95 if is_silent else 1))


def _seal(table: Table, tube: str, members: int, at: datetime) -> None:
    table.device.write(at, k="seal", tube=tube, n=members)
    table.tubes.append(tube)
    waiting = table.tubes[table.sent :]
    if len(waiting) == TUBES_TO_A_BOX:
        box = f"BX{table.site.pk}{table.number}-{len(table.tubes):03d}"
        table.device.write(at, k="box", box=box, tubes=waiting, counted=len(waiting))
        table.sent = len(table.tubes)


def _send(table: Table, events: int, at: datetime) -> None:
    while table.device.acknowledged < events:
        first = table.device.acknowledged + 1
        table.device.send(at, first=first, last=min(events, first + 99))


def _test(made: Round, city: Scope, morning: datetime) -> None:
    """Let a laboratory receive the first boxes and hand in what it found: nearly all negative, one pool positive."""
    clerk = scope_of(enter_part("laboratory", at=morning - timedelta(hours=5)))
    with in_scope(city):
        bench = add_laboratory(scope=city, name="某检测机构", per_hour=400, by=city.name, at=morning)
        boxes = list(Box.objects.filter(round=made).order_by("sealed_at"))
        came = boxes[: max(1, len(boxes) * 2 // 3)]
    for place, box in enumerate(came):
        at = box.sealed_at + timedelta(minutes=20)
        codes = list(box.codes)
        with in_scope(clerk):
            receive_box(
                scope=clerk, box=box.public_id, laboratory=bench.public_id, scanned=codes[:-1] if place == 1 else codes,
                broken=codes[:1] if place == 2 else [], by=clerk.name, at=min(at, morning),
            )  # fmt: skip
    with in_scope(clerk):
        tubes = Tube.objects.filter(box__in=came, received_at__isnull=False, state=2).order_by("id")
        readings = [_reading(tube, place, morning) for place, tube in enumerate(tubes)]
        half = len(readings) * 2 // 3
        for part in (readings[:half], _cannot_be_so(readings[half:])):
            if part:
                take_results(
                    scope=clerk, laboratory=bench.public_id, readings=part, wrong=(), by=clerk.name, at=morning
                )


def _reading(tube: Tube, place: int, morning: datetime) -> Reading:
    outcome = Outcome.POSITIVE if place == 4 else Outcome.NEGATIVE
    ct_n, ct_orf = (31.24, 32.71) if outcome is Outcome.POSITIVE else (None, None)
    well = f"{'ABCDEFGH'[place % 8]}{place // 8 % 12 + 1}"
    tested = max((tube.sealed_at or morning) + timedelta(minutes=40), morning - timedelta(minutes=25))
    return Reading(tube.code, outcome, f"R{place // 96 + 1}", "P1", well, ct_n, ct_orf, min(tested, morning))


def _cannot_be_so(readings: list[Reading]) -> list[Reading]:
    """Give two tubes one curve, as a laboratory that writes down what it did not test."""
    return [
        Reading(one.tube, Outcome.DOUBTFUL, one.run, one.plate, one.well, 36.4, 37.9, one.tested_at) if n < 2 else one
        for n, one in enumerate(readings)
    ]


def _left(made: Round, city: Scope, morning: datetime) -> None:
    with in_scope(city):
        left = Expected.objects.filter(round=made, standing=0).order_by("id").values_list("pk", flat=True)
        lines = list(left)
        exempt = [("under_two", lines[:5]), ("left_city", lines[5:9]), ("isolated", lines[9:12])]
        for why, people in exempt:
            exempt_people(scope=city, made=made.public_id, people=people, why=why, by=city.name, at=morning)
        # The first were to be visited before the round began, and their hours are over.
        # In every community somebody cannot come, two neighbours on the roster each time.
        step = max(2, (len(lines) - 20) // 14)
        doors = [line for first in range(20, len(lines), step) for line in lines[first : first + 2]]
        early = morning - timedelta(hours=12, minutes=35)
        for people, at in ((doors[:5], early), (doors[5:], morning - timedelta(minutes=40))):
            visit_at_home(scope=city, made=made.public_id, people=people, by=city.name, at=at)


def township_of(path: str) -> str:
    """Return the township in which a community lies."""
    return ".".join(path.split(".")[:3])
