"""The round: residents of the city or a share of it, their frozen roster, sampling points with tables and devices."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from shali.config.city.make import make as make_city
from shali.config.city.plan import Plan as City
from shali.config.city.plan import Share, Size
from shali.config.city.planned import plan_of
from shali.config.city.progress import begun
from shali.config.demo.device import Device
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.testing.services.rounds import Plan, freeze_roster, plan_round
from shali.testing.services.sites import NewSite, add_site
from shali.testing.services.stations import enrol, make_station

SCOPE = Scope(path="4111", name="post:0")
PEOPLE, STATIONS = 2_367_490, 1_000
FEW = 100_000
TABLES = 4  # of a sampling point, about
# One point in five has tubes of another size than the round's.
POOLS = (10, 10, 10, 20, 10, 10, 10, 5, 10, 10, 10, 20, 10, 10, 10, 5, 10, 10, 10, 1)
Tell = Callable[[str, int, int], None]


@dataclass
class Point:
    """A sampling point: the communities whose people come, how many they are, its devices."""

    shares: list[Share]
    people: int
    pool: int
    devices: list[Device] = field(default_factory=list)


@dataclass
class Made:
    round: str
    row: int
    people: int
    at: datetime
    points: list[Point]

    @property
    def devices(self) -> list[Device]:
        return [device for point in self.points for device in point.devices]


def processes(people: int) -> int:
    """Return how many processes make so many people: another one is started in the time of thousands."""
    return 1 if people < FEW else 2


def make(people: int, stations: int, *, tell: Tell) -> Made:
    """Make the residents, draw the roster, let the devices in. Minutes for the whole city."""
    make_city(Size(people=people, tasks=min(10, people)), tell=tell, processes=processes(people))
    started = begun()
    assert started is not None
    at = now()
    with in_scope(SCOPE):
        planned = Plan((SCOPE.path,), at - timedelta(hours=24), at + timedelta(hours=1))
        made = plan_round(scope=SCOPE, plan=planned, by=SCOPE.name, at=at)
    tell("5 roster, drawn and frozen", 0, 1)
    roster = freeze_roster(made=made.pk, by=SCOPE.name, at=at)
    tell("5 roster, drawn and frozen", 1, 1)
    points = _points(plan_of(started), stations)
    for done, (point, tables) in enumerate(points, start=1):
        _open(point, tables, made.public_id, at, number=done)
        tell("6 sampling points", done, len(points))
    return Made(made.public_id, made.pk, roster, at, [point for point, _tables in points])


def _points(city: City, stations: int) -> list[tuple[Point, int]]:
    """Return points and their tables, so many in all: neighbouring communities of a township share a point."""
    each = max(1, city.size.people // stations)
    found: list[list[Share]] = []
    in_order = sorted((one for one in city.shares if one.people), key=lambda one: one.path)
    for _name, shares in groupby(in_order, key=_township):
        found += _neighbours(shares, TABLES * each)
    points = [Point(shares, sum(one.people for one in shares), POOLS[n % len(POOLS)]) for n, shares in enumerate(found)]
    if len(points) > stations:
        raise SystemExit(f"{len(points)} townships want a table each: at least {len(points)} stations.")
    tables = [1] * len(points)
    # The next table goes to where the most people come to one.
    longest = [(-float(one.people), n) for n, one in enumerate(points)]
    heapq.heapify(longest)
    for _table in range(stations - len(points)):
        _people, n = heapq.heappop(longest)
        tables[n] += 1
        heapq.heappush(longest, (-points[n].people / tables[n], n))
    return list(zip(points, tables, strict=True))


def _township(share: Share) -> str:
    return share.path.rpartition(".")[0]


def _neighbours(shares: Iterable[Share], people: int) -> Iterator[list[Share]]:
    group: list[Share] = []
    for share in shares:
        group.append(share)
        if sum(one.people for one in group) >= people:
            yield group
            group = []
    if group:
        yield group


def _open(point: Point, tables: int, made: str, at: datetime, *, number: int) -> None:
    covers = tuple(one.path for one in point.shares)
    new = NewSite(f"第{number}采样点", _township(point.shares[0]), covers, tables=tables, pool_size=point.pool)
    with in_scope(SCOPE):
        site = add_site(scope=SCOPE, made=made, new=new, by=SCOPE.name, at=at)
        for table in range(tables):
            device = Device()
            station = make_station(scope=SCOPE, site=site.public_id, table=table + 1, by=SCOPE.name, at=at)
            device.public_id = enrol(code=station.code, key=device.key, app="round", at=at).public_id
            point.devices.append(device)
