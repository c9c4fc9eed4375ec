"""The morning of 10 August 2022 under way: yesterday's lists nearly cleared, today's handed over, one not taken yet.

Everything happens through the services that officers use, at the hours at which it would have happened.
"""

import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from shali.config.demo.cast import enter_workers
from shali.config.demo.city import communities
from shali.config.demo.files import Wanted, write_list
from shali.config.demo.residents import Resident, residents
from shali.foundation.accounts.models import Post
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.tasks.models import Task
from shali.verification.models import AnomalyKind, AttemptResult, Channel, ListEntry, Way
from shali.verification.rules import Fact
from shali.verification.services.anomalies import raise_anomaly
from shali.verification.services.endings import (
    close_as_deceased,
    close_as_moved_on,
    close_with_four_facts,
    propose_never_found,
)
from shali.verification.services.findings import record_attempt, record_finding
from shali.verification.services.receive import HandOver, ReceivedList, receive_list

SEED = 810
OFFICER = "system:demo"
ANSWERS = {
    Fact.COUNTED: ("lives_alone", "household_2", "household_3", "household_4"),
    Fact.IDENTIFIED: ("document_checked", "confirmed_by_voice", "seen_in_person"),
    Fact.LOCATED: ("at_home", "at_home", "elsewhere_in_city"),
    Fact.CONTROLLED: ("home_monitoring", "home_quarantine", "no_measure_needed"),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A list of the demo: who sent it when, how large, how much of it is done by the morning.

    hours_ago: from the morning to its hand-over; done: share struck off; announced_more: people named and not sent
    """

    sender: str
    channel: Channel
    hours_ago: float
    people: int
    strangers: int
    done: float
    announced_more: int = 0
    is_taken: bool = True


LISTS = (
    Sent("省大数据专班", Channel.PROVINCIAL_BIG_DATA, 25.2, 96, 4, 0.94),
    Sent("市公安局", Channel.PUBLIC_SECURITY, 18.5, 64, 3, 0.75),
    Sent("郑州市疫情防控指挥部", Channel.ANOTHER_CITY, 12.0, 44, 2, 0.5),
    Sent("省大数据专班", Channel.PROVINCIAL_BIG_DATA, 1.4, 190, 8, 0.1),
    Sent("市卫生健康委", Channel.HOSPITAL, 0.4, 70, 2, 0.0, announced_more=5, is_taken=False),
)


def play(morning: datetime) -> str:
    """Receive the lists, let the units work, and return the path of the community with most to do."""
    draw = random.Random(SEED)  # noqa: S311  # a morning that two machines play alike
    people = _whom_the_lists_name(draw)
    received = []
    with tempfile.TemporaryDirectory() as folder:
        for number, sent in enumerate(LISTS):
            received.append((sent, _receive(Path(folder), sent, people, number, morning)))
    with in_scope(system_scope("demo")):
        workers = enter_workers(
            sorted(set(Task.objects.values_list("path", flat=True))), at=morning - timedelta(days=2)
        )
        for sent, one in received:
            _work(draw, sent, one, workers, morning)
        still_open = Task.objects.exclude(state=3).values_list("path", flat=True)
        counted = Counter(path for path in still_open if len(path.split(".")) == 4)
    return max(sorted(counted), key=lambda path: counted[path])


def _whom_the_lists_name(draw: random.Random) -> Iterator[Resident]:
    """Yield residents, most of them of a few communities, as a cluster's contacts are."""
    from shali.config.demo import RESIDENTS

    everybody = list(residents(RESIDENTS, communities()))
    sizes = Counter(one.community for one in everybody)
    busy = {code for code, _ in sizes.most_common(60)[::5]}
    near = [one for one in everybody if one.community in busy]
    draw.shuffle(near)
    far = draw.sample(everybody, 2_000)
    while near and far:
        yield near.pop() if draw.random() < 0.6 else far.pop()


def _receive(folder: Path, sent: Sent, people: Iterator[Resident], number: int, morning: datetime) -> ReceivedList:
    at = morning - timedelta(hours=sent.hours_ago)
    path = folder / f"{number}.xlsx"
    chosen = [one for one, _ in zip(people, range(sent.people), strict=False)]
    title = f"{sent.sender}{at.month}月{at.day}日协查名单"
    rows = write_list(path, Wanted(title, chosen, sent.strangers, damage=0.12), seed=SEED + number)
    scope = system_scope("demo")
    said = HandOver(
        channel=sent.channel,
        sender=sent.sender,
        sender_reference=f"协查〔2022〕{41 + number}号",
        announced=rows + sent.announced_more,
        handed_over_at=at,
        asked="24小时内查清人数、人头、位置、管控情况",
    )
    with in_scope(scope):
        one = receive_list(
            scope=scope,
            path=path,
            file_name=f"{title}.xlsx",
            hand_over=said,
            by=OFFICER,
            at=at + timedelta(minutes=4),
        )
        if sent.is_taken:
            confirm_batch(scope=scope, batch=one.batch_public_id, by=OFFICER, at=at + timedelta(minutes=6))
    if sent.is_taken:
        settle_batch(batch=one.batch, at=at + timedelta(minutes=7))
    return one


def _work(draw: random.Random, sent: Sent, one: ReceivedList, workers: dict[str, Post], morning: datetime) -> None:
    """Let the communities do their share of a list; the rest shows what a morning shows."""
    entries = ListEntry.objects.filter(pushed_list=one.id, struck_off_at=None).order_by("id")
    tasks = list(Task.objects.filter(pk__in=entries.values("task_id")).exclude(state=3).order_by("id"))
    draw.shuffle(tasks)
    begun = morning - timedelta(hours=sent.hours_ago) + timedelta(minutes=12)
    span = (morning - begun) * 0.97
    done = round(len(tasks) * sent.done)
    for place, task in enumerate(tasks[:done]):
        at = begun + span * ((place + 1) / (done + 1))
        _strike_off(draw, _at_work(task, workers), at, plain=place % 23 != 7)
    for place, task in enumerate(tasks[done : done + len(tasks) // 4 + 2]):
        at = morning - timedelta(minutes=9 + 3 * place)
        _begin(draw, _at_work(task, workers), at, nothing_reached=place % 3 == 0)
    for place, task in enumerate(tasks[-2:] if sent.done > 0.5 else tasks[-1:]):
        who, at = _at_work(task, workers), morning - timedelta(minutes=18 + place)
        kind = AnomalyKind.FEVER if place == 0 else AnomalyKind.REFUSES
        raise_anomaly(scope=who.scope, task=who.task, entry=_name(draw), kind=kind, taken_at=at, by=who.name, at=at)


@dataclass(frozen=True, slots=True)
class _AtWork:
    """Whoever works on a task, as the journal names him, and the task."""

    scope: Scope
    task: str
    name: str


def _at_work(task: Task, workers: dict[str, Post]) -> _AtWork:
    """The worker of the task's community, or the desk where no community is known."""
    post = workers.get(task.path)
    return _AtWork(system_scope("demo"), task.public_id, f"post:{post.pk}" if post else OFFICER)


def _strike_off(draw: random.Random, who: _AtWork, at: datetime, *, plain: bool) -> None:
    if not plain:
        task, by, receipt = who.task, who.name, f"周协〔2022〕{draw.randrange(99)}号"
        if draw.random() < 0.5:
            close_as_moved_on(
                scope=who.scope, task=task, seen=None, taken_over_by="周口市指挥部", receipt=receipt, by=by, at=at
            )
        else:
            close_as_deceased(scope=who.scope, task=task, seen=None, evidence="死亡证明，社区存档", by=by, at=at)
        return
    _establish(draw, who, tuple(Fact), at)
    close_with_four_facts(scope=who.scope, task=who.task, seen=None, by=who.name, at=at)


def _establish(draw: random.Random, who: _AtWork, facts: Sequence[Fact], at: datetime) -> None:
    way = Way.PHONE if draw.random() < 0.7 else Way.AT_THE_DOOR
    for fact in facts:
        record_finding(
            scope=who.scope,
            task=who.task,
            entry=_name(draw),
            fact=fact,
            code=draw.choice(ANSWERS[fact]),
            way=way,
            taken_at=at,
            by=who.name,
            at=at,
        )


def _begin(draw: random.Random, who: _AtWork, at: datetime, *, nothing_reached: bool) -> None:
    if not nothing_reached:
        _establish(draw, who, tuple(Fact)[: draw.randrange(1, 4)], at)
        return
    tries = draw.randrange(1, 4)
    for number in range(tries):
        record_attempt(
            scope=who.scope,
            task=who.task,
            entry=_name(draw),
            way=Way.PHONE,
            result=draw.choice((AttemptResult.NO_ANSWER, AttemptResult.NUMBER_WRONG)),
            taken_at=at + timedelta(seconds=number),
            by=who.name,
            at=at + timedelta(seconds=number),
            next_attempt_at=at + timedelta(hours=1),
        )
    if tries == 3:
        propose_never_found(scope=who.scope, task=who.task, note="", by=who.name, at=at + timedelta(minutes=1))


def _name(draw: random.Random) -> UUID:
    return UUID(int=draw.getrandbits(128), version=4)
