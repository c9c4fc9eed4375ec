"""What the stations write down in a day: sealed, signed, on disk before the clock starts."""

import os
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric import ec
from tools.round.begin import begin
from tools.round.city import Made, Point, Tell, processes

from shali.config.demo.device import Device

BATCH = 100
TUBES_TO_A_BOX = 30
# Who comes in which hour of the day, in parts of a thousand: few at night, most after breakfast and after work.
ARRIVALS = (4, 3, 2, 2, 3, 10, 40, 90, 110, 95, 70, 45, 35, 35, 45, 55, 70, 85, 80, 55, 30, 18, 11, 7)


@dataclass(frozen=True, slots=True)
class Kept:
    """A request on disk. hours: since midnight, when its last event was written down."""

    hours: float
    station: str
    file: Path
    offset: int
    length: int
    events: int


@dataclass(frozen=True, slots=True)
class Written:
    """What one station wrote down, and the hash over all of it."""

    station: str
    events: int
    swabs: int
    tubes: int
    boxes: int
    chain: str
    requests: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class _Task:
    """A point for another process. devices: (public number, secret) of each."""

    number: int
    point: Point
    devices: tuple[tuple[str, int], ...]
    file: Path
    port: int
    begins: datetime


def seal(made: Made, folder: Path, *, port: int, tell: Tell) -> list[Written]:
    """Write down the day of every station as requests to a port, in files below a folder. Returns them by station."""
    tasks = []
    for number, point in enumerate(made.points):
        devices = tuple((one.public_id, one.signing.private_numbers().private_value) for one in point.devices)
        bare = Point(point.shares, point.people, point.pool)
        begins = made.at - timedelta(hours=24)
        tasks.append(_Task(number, bare, devices, folder / f"point-{number}", port, begins))
    step, found = "7 events sealed and signed", list[Written]()
    if processes(made.people) == 1:
        for done, task in enumerate(tasks, start=1):
            found += _day_of(task)
            tell(step, done, len(tasks))
        return found
    with ProcessPoolExecutor(
        processes(made.people), get_context("spawn"), initializer=begin, initargs=(os.getpid(),)
    ) as pool:
        for done, one in enumerate(as_completed([pool.submit(_day_of, task) for task in tasks]), start=1):
            found += one.result()
            tell(step, done, len(tasks))
    return found


def _day_of(task: _Task) -> list[Written]:
    from shali.config.city.people import homes
    from shali.config.city.work import plan_here

    plan, draw = plan_here(), random.Random(task.number)  # the same day on every machine
    numbers = [
        member.id_number
        for one in task.point.shares
        for home in homes(plan.census, one.community, first=one.first, people=one.people, seed=plan.seed)
        for member in home.members
    ]
    draw.shuffle(numbers)
    count, found = len(task.devices), []
    with task.file.open("wb") as file:
        for n, (public_id, secret) in enumerate(task.devices):
            device = Device(public_id, signing=ec.derive_private_key(secret, ec.SECP256R1()))
            table = _Table(device, f"{task.number:04d}{n}", task.point.pool, task.begins)
            table.work(draw, numbers[n::count])
            requests = tuple(_written(device, table.hours, file, task))
            device.acknowledged = len(device.outbox)
            counted = (len(numbers[n::count]), table.tubes, table.boxes)
            found.append(Written(public_id, len(device.outbox), *counted, device.chain(), requests))
    return found


class _Table:
    """A table at work from midnight to midnight; hours: when each of its device's events was written down."""

    def __init__(self, device: Device, name: str, pool: int, begins: datetime) -> None:
        self.device, self.name, self.pool, self.begins = device, name, pool, begins
        self.hours: list[float] = []
        self.tubes = self.boxes = 0

    def work(self, draw: random.Random, numbers: list[str]) -> None:
        hours = draw.choices(range(24), ARRIVALS, k=len(numbers))
        arrivals = sorted(hour + draw.random() for hour in hours)
        closed: list[str] = []
        for place in range(0, len(numbers), self.pool):
            self.tubes += 1
            tube, swabbed = f"R{self.name}{self.tubes:05d}", numbers[place : place + self.pool]
            for number, hour in zip(swabbed, arrivals[place:], strict=False):
                self._write(hour, k="swab", tube=tube, doc=number, how="reader", size=self.pool)
            self._write(self.hours[-1], k="seal", tube=tube, n=len(swabbed))
            closed.append(tube)
            if len(closed) == TUBES_TO_A_BOX:
                self._box(closed)
                closed = []
        if closed:
            self._box(closed)

    def _box(self, tubes: list[str]) -> None:
        self.boxes += 1
        self._write(self.hours[-1], k="box", box=f"B{self.name}{self.boxes:04d}", tubes=tubes, counted=len(tubes))

    def _write(self, hour: float, **said: object) -> None:
        self.device.write(self.begins + timedelta(hours=hour), **said)
        self.hours.append(hour)


def _written(device: Device, hours: list[float], file: BinaryIO, task: _Task) -> Iterator[Kept]:
    from tools.bench.ingest.client import request_of

    sent_at = task.begins + timedelta(hours=24)
    for first in range(1, len(device.outbox) + 1, BATCH):
        last = min(first + BATCH - 1, len(device.outbox))
        request = request_of(device.batch(sent_at, first, last), task.port)
        offset = file.tell()
        file.write(request)
        yield Kept(hours[last - 1], device.public_id, task.file, offset, len(request), last - first + 1)
