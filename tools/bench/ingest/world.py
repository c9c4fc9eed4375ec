"""A round of invented people with its stations, and the batches that these send."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from shali.config import reference
from shali.config.demo.device import Device
from shali.config.start.prepare import migrate
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.rules import check_character
from shali.foundation.people.services.enrol import NewDocument, NewPerson, enrol_people
from shali.testing.models import SealedBatch
from shali.testing.services.envelopes import Sent
from shali.testing.services.rounds import Plan, freeze_roster, plan_round
from shali.testing.services.sites import NewSite, add_site
from shali.testing.services.stations import enrol, make_station

CITY = Scope(path="4111", name="post:0")
BATCH = 100
CHUNK = 10_000
TABLES = 60  # of one sampling point


@dataclass
class Made:
    devices: list[Device]
    numbers: list[str]
    used: int = 0
    tubes: int = 0


def number_of(place: int) -> str:
    """Return an ID number of no division (990000), well made."""
    day, order = divmod(place, 999)
    year, rest = divmod(day, 336)
    month, date = divmod(rest, 28)
    first = f"990000{1930 + year}{month + 1:02d}{date + 1:02d}{order + 1:03d}"
    return first + check_character(first)


def make(*, people: int, stations: int) -> Made:
    migrate()
    with in_scope(system_scope("bench")):
        reference.ensure()
    at = now()
    units = list(Unit.objects.filter(level=4, path__startswith="4111.02").order_by("path"))
    numbers = [number_of(place) for place in range(people)]
    with in_scope(system_scope("bench")):
        for start in range(0, people, CHUNK):
            homes = cycle(units)
            new = [
                NewPerson("乌有", unit.pk, unit.path, documents=(NewDocument(1, number, True),))
                for number, unit in zip(numbers[start : start + CHUNK], homes, strict=False)
            ]
            enrol_people(new, source="register", at=at)
    with in_scope(CITY):
        made = plan_round(scope=CITY, plan=Plan(("4111.02",), at, at + timedelta(hours=24)), by=CITY.name, at=at)
    freeze_roster(made=made.pk, by=CITY.name, at=at)
    return Made(_devices(made.public_id, stations, at), numbers)


def _devices(made: str, stations: int, at: datetime) -> list[Device]:
    """Let so many devices in, at the tables of as many sampling points as they need."""
    devices: list[Device] = []
    site = ""
    for place in range(stations):
        if place % TABLES == 0:
            new = NewSite(f"第{1 + place // TABLES}点", "4111.02", tables=TABLES)
            with in_scope(CITY):
                site = add_site(scope=CITY, made=made, new=new, by=CITY.name, at=at).public_id
        device = Device()
        with in_scope(CITY):
            station = make_station(scope=CITY, site=site, table=1 + place % TABLES, by=CITY.name, at=at)
        device.public_id = enrol(code=station.code, key=device.key, app="bench", at=at).public_id
        devices.append(device)
    return devices


def batches(made: Made, *, each: int, size: int = BATCH) -> list[Sent]:
    """Return the next batches of every station, as they come: station by station, each in its own order.

    size: events in a batch, a multiple of ten: nine swabs of a tube and its seal
    """
    at, found = now(), []
    for device in made.devices:
        first = len(device.outbox) + 1
        while len(device.outbox) < first - 1 + each * size:
            made.tubes += 1
            tube = f"T{made.tubes:08d}"
            for _swab in range(9):
                device.swab(at, tube, made.numbers[made.used % len(made.numbers)], size=10)
                made.used += 1
            device.write(at, k="seal", tube=tube, n=9)
        found.append([device.batch(at, first + n * size, first + (n + 1) * size - 1) for n in range(each)])
    return [one for turn in zip(*found, strict=True) for one in turn]


def check(made: Made, events: int) -> None:
    """Count what lies here against what was sent, and each station's hash against its own."""
    from shali.testing.models import Station

    with in_scope(system_scope("bench")):
        kept = sum(SealedBatch.objects.values_list("n", flat=True))
        assert kept == events, f"{kept} events are here, {events} were acknowledged"
        chains = dict(Station.objects.values_list("public_id", "chain"))
    for device in made.devices:
        device.acknowledged = len(device.outbox)
        assert bytes(chains[device.public_id]).hex() == device.chain(), "a station's hash differs"
