"""The morning of 10 August 2022 in the demo city, through an installation's own services: lists, checks, work."""

import random
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from shali.config.demo.cast import enter_part, enter_worker
from shali.config.demo.city import communities
from shali.config.demo.lists import Shape, write_list
from shali.config.demo.residents import Resident, residents
from shali.config.demo.work import Worker, work_on
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task, TaskState
from shali.verification.models import Channel
from shali.verification.services.receive import HandOver, receive_list

SEED = 20220810
CITY = "4111"
HOT_COMMUNITIES = 60  # where most of the people asked for live, as around a market or a school


@dataclass(frozen=True, slots=True)
class Pushed:
    """One list of the exercise. before: hours from the morning back to hand-over; done: share struck off by now."""

    before: float
    channel: Channel
    sender: str
    reference: str
    shape: Shape
    done: float
    difference: int = 0
    is_settled: bool = True


LISTS = (
    Pushed(
        before=42,
        channel=Channel.ANOTHER_CITY,
        sender="郑州市疫情防控指挥部",
        reference="郑协查〔2022〕118号",
        shape=Shape("郑州市来漯人员协查名单", known=24, strangers=2),
        done=1,
    ),
    Pushed(
        before=25.5,
        channel=Channel.PROVINCIAL_BIG_DATA,
        sender="省大数据专班",
        reference="豫数协查〔2022〕0809-1",
        shape=Shape("8月9日时空伴随人员协查名单", known=110, strangers=8, repeated=4, damaged=3, doubtful=2),
        done=0.93,
    ),
    Pushed(
        before=19,
        channel=Channel.PUBLIC_SECURITY,
        sender="市公安局",
        reference="",
        shape=Shape("重点人员落地查人名单", known=70, strangers=4, repeated=2, damaged=2, doubtful=2, headings=1),
        done=0.8,
    ),
    Pushed(
        before=13,
        channel=Channel.HOSPITAL,
        sender="某定点医院",
        reference="",
        shape=Shape("发热门诊同时段就诊人员", known=40, strangers=3, repeated=1, damaged=2, doubtful=2, headings=1),
        done=0.55,
    ),
    Pushed(
        before=1.5,
        channel=Channel.PROVINCIAL_BIG_DATA,
        sender="省大数据专班",
        reference="豫数协查〔2022〕0810-1",
        shape=Shape("8月10日时空伴随人员协查名单", known=420, strangers=24, repeated=9, damaged=7, doubtful=8),
        done=0.06,
    ),
    Pushed(
        before=0.4,
        channel=Channel.ANOTHER_CITY,
        sender="周口市疫情防控指挥部",
        reference="周协查〔2022〕57号",
        shape=Shape("周口市来漯人员协查名单", known=60, strangers=6, repeated=2, damaged=2),
        done=0,
        difference=4,
        is_settled=False,
    ),
)


def play(morning: datetime) -> str:
    """Bring the demo city to the hour at which the exercise begins; return the path of its busiest community."""
    draw = random.Random(SEED)  # noqa: S311  # two machines play the same morning, nothing secret
    duty = enter_part("city-duty", at=morning - timedelta(days=2))
    desk = Scope(path=CITY, name=f"post:{duty.pk}", post=duty.pk)
    pool = _people_asked_for(draw)
    last: list[Resident] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, pushed in enumerate(LISTS):
            file = Path(folder) / f"{number + 1}.xlsx"
            people = [pool.pop() for _ in range(min(len(pool), pushed.shape.known + pushed.shape.doubtful))]
            if number == len(LISTS) - 2:
                # Some of yesterday's people are asked for again: one task each, a further asker.
                people[: len(last)] = last
            last = people[:12]
            rows = write_list(file, pushed.shape, people, draw)
            _push(desk, pushed, file, rows, morning)
    busiest = _busiest()
    _work(draw, morning, busiest)
    return busiest


def _people_asked_for(draw: random.Random) -> list[Resident]:
    """Draw the people that the lists name: three in four of a few places, the others from the whole city."""
    count = Person.objects.filter(source="register").count()
    everybody = list(residents(count, communities()))
    hot = {code for code, _ in Counter(one.community for one in everybody).most_common(HOT_COMMUNITIES)}
    near = [one for one in everybody if one.community in hot]
    near = draw.sample(near, min(600, len(near)))
    named = {one.id_number for one in near}
    far = [one for one in draw.sample(everybody, min(400, count)) if one.id_number not in named]
    found = near + far
    draw.shuffle(found)
    return found


def _push(desk: Scope, pushed: Pushed, file: Path, rows: int, morning: datetime) -> None:
    handed_over = morning - timedelta(hours=pushed.before)
    said = HandOver(
        pushed.channel,
        pushed.sender,
        pushed.reference,
        rows + pushed.difference,
        handed_over,
        "24小时内反馈",
    )
    name = f"{pushed.shape.title}.xlsx"
    at = handed_over + timedelta(minutes=12)
    with in_scope(desk):
        received = receive_list(scope=desk, path=file, file_name=name, hand_over=said, by=desk.name, at=at)
        if pushed.is_settled:
            confirm_batch(scope=desk, batch=received.batch_public_id, by=desk.name, at=at, accepts_difference=True)
    if pushed.is_settled:
        settle_batch(batch=received.batch, at=at + timedelta(minutes=3))


def _busiest() -> str:
    with in_scope(system_scope("demo")):
        places = Task.objects.filter(unit__level=4).exclude(state=TaskState.CLOSED).values_list("path", flat=True)
        return Counter(places.order_by("path")).most_common(1)[0][0]


def _work(draw: random.Random, morning: datetime, busiest: str) -> None:
    """Let the communities work on their people since each was handed over, as far as its list says."""
    done = {morning - timedelta(hours=one.before): one.done for one in LISTS}
    with in_scope(system_scope("demo")):
        tasks = list(Task.objects.exclude(state=TaskState.CLOSED).order_by("id"))
        units = {unit.pk: unit for unit in Unit.objects.filter(pk__in={task.unit_id for task in tasks})}
    workers: dict[int, Worker] = {}
    for task in tasks:
        share = done.get(task.handed_over_at, 0)
        if task.path == busiest and share < 1:
            share = min(share, 0.5)
        fate = draw.random()
        if fate > share + 0.06:
            continue
        unit = units[task.unit_id]
        if unit.pk not in workers:
            post = enter_worker(unit, is_of_cast=unit.path == busiest, at=morning - timedelta(days=2))
            workers[unit.pk] = Worker(Scope(path=unit.path, name=f"post:{post.pk}", post=post.pk))
        work_on(task, workers[unit.pk], is_done=fate <= share, draw=draw, until=morning)
