"""One pushed list with its people, their tasks, and everything that was done about each."""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shali.config.city.copying import NULL, copy_lines, take_numbers
from shali.config.city.course import LIMIT, Course, course
from shali.config.city.plan import DAYS, LISTS_A_DAY, NOW, Plan, Share
from shali.config.city.residents import public_id
from shali.foundation.tasks.models import Act, TaskState
from shali.verification.models import Channel, Ending, ListState
from shali.verification.rules import Fact

CITY = "4111"
RULE = "verification@verification-luohe-2022"
REQUIRED = 3
SIGHT = timedelta(hours=48)
SENDERS = (
    (Channel.PROVINCIAL_BIG_DATA, "省大数据平台(虚构)"),
    (Channel.PUBLIC_SECURITY, "公安部门(虚构)"),
    (Channel.ANOTHER_CITY, "外市协查函(虚构)"),
    (Channel.HOSPITAL, "医疗机构(虚构)"),
)
COLUMNS = {
    "verification_pushedlist": (
        *("id", "public_id", "path", "channel", "sender", "sender_reference", "day", "number", "announced", "asked"),
        *("handed_over_at", "received_at", "received_by", "due_at", "rule", "state", "exercise"),
    ),
    "verification_finding": (
        *("id", "task_id", "entry", "fact", "answer", "establishes", "way", "at", "recorded_at", "by"),
    ),
    "verification_attempt": ("task_id", "entry", "way", "result", "at", "recorded_at", "by"),
    "verification_check": (
        *("task_id", "counted_id", "identified_id", "located_id", "controlled_id", "attempts", "last_attempt_at"),
        *("ending", "ended_at", "ended_by", "taken_over_by", "receipt", "evidence", "duplicate_of_id"),
        *("attempts_required", "proposed_by", "proposed_at"),
    ),
    "tasks_task": (
        *("id", "public_id", "kind", "unit_id", "path", "giver_path", "subject_id", "state", "version"),
        *("handed_over_at", "due_at", "rule", "accepted_at", "accepted_by", "assignee_id", "blocked_since"),
        *("blocked_on", "closed_at", "closed_by", "outcome", "exercise"),
    ),
    "tasks_event": ("task_id", "seq", "act", "at", "by", "from_path", "to_path", "state_after", "detail"),
    "people_sight": ("person_id", "path", "task", "since", "ends_at"),
    "verification_listentry": ("pushed_list_id", "person_id", "task_id", "due_at", "struck_off_at", "ending"),
}


@dataclass
class _Writer:
    plan: Plan
    posts: dict[str, int]
    pushed_list: int
    lines: dict[str, list[str]] = field(default_factory=lambda: {table: [] for table in COLUMNS})
    finding: int = 0

    def add(self, number: int, person: int, share: Share, one: Course) -> None:
        task, row = self.plan.first_task + number, self.plan.first_person + person
        worker = self.posts[share.path]
        by, desk = f"post:{worker}", f"post:{self.posts[share.path[:11]]}"
        closer = desk if one.ending is Ending.NEVER_FOUND else by
        if one.ending is Ending.WITHDRAWN:
            closer = "system:protocols"
        stated = self._findings(task, number, one, by)
        self._attempts(task, number, one, by)
        seq = self._events(task, share.path, one, by=by, closer=closer, worker=worker, first=stated)
        self._check(task, one, stated, by=by, closer=closer)
        state = _state(one)
        public = public_id(self.plan.seed, "task", number)
        begun, due = one.handed_over_at, one.handed_over_at + LIMIT
        self.lines["tasks_task"].append(
            f"{task}\t{public}\tverification\t{share.unit}\t{share.path}\t{CITY}\t{row}\t{state:d}\t{seq}"
            f"\t{begun}\t{due}\t{RULE}\t{_or_null(one.accepted_at)}\t{by if one.accepted_at else ''}"
            f"\t{worker if one.assigned_at else NULL}\t{_or_null(one.blocked_at)}\t{one.blocked_on}"
            f"\t{_or_null(one.ended_at)}\t{closer if one.ended_at else ''}"
            f"\t{one.ending.name.lower() if one.ending else ''}\tt"
        )
        ends = _or_null(one.ended_at + SIGHT if one.ended_at else None)
        self.lines["people_sight"].append(f"{row}\t{share.path}\t{task}\t{begun}\t{ends}")
        ending = f"{one.ending:d}" if one.ending else NULL
        self.lines["verification_listentry"].append(
            f"{self.pushed_list}\t{row}\t{task}\t{due}\t{_or_null(one.ended_at)}\t{ending}"
        )

    def _findings(self, task: int, number: int, one: Course, by: str) -> dict[Fact, int]:
        stated = {}
        for found in one.found:
            stated[found.fact] = self.finding
            entry = f"00000001-{number:012x}{int(found.fact):012x}"
            self.lines["verification_finding"].append(
                f"{self.finding}\t{task}\t{entry}\t{found.fact:d}\t{found.code}\tt\t{found.way:d}"
                f"\t{found.at}\t{found.at}\t{by}"
            )
            self.finding += 1
        return stated

    def _attempts(self, task: int, number: int, one: Course, by: str) -> None:
        self.lines["verification_attempt"] += [
            f"{task}\t00000002-{number:012x}{place:012x}\t{tried.way:d}\t{tried.result:d}\t{tried.at}\t{tried.at}\t{by}"
            for place, tried in enumerate(one.tried)
        ]

    def _check(self, task: int, one: Course, stated: dict[Fact, int], *, by: str, closer: str) -> None:
        facts = "\t".join(str(stated.get(fact, NULL)) for fact in Fact)
        moved, died = one.ending is Ending.MOVED_ON, one.ending is Ending.DECEASED
        last = _or_null(one.tried[-1].at if one.tried else None)
        self.lines["verification_check"].append(
            f"{task}\t{facts}\t{len(one.tried)}\t{last}\t{f'{one.ending:d}' if one.ending else NULL}"
            f"\t{_or_null(one.ended_at)}\t{closer if one.ended_at else ''}\t{'外市指挥部(虚构)' if moved else ''}"
            f"\t{f'R-{task}' if moved else ''}\t{'死亡证明(虚构)' if died else ''}"
            f"\t{task - 1 if one.ending is Ending.DUPLICATE else NULL}\t{REQUIRED}"
            f"\t{by if one.proposed_at else ''}\t{_or_null(one.proposed_at)}"
        )

    def _events(
        self, task: int, path: str, one: Course, *, by: str, closer: str, worker: int, first: dict[Fact, int]
    ) -> int:
        """Write a task's history and return the number of its last step."""
        steps: list[tuple[datetime, Act, str, str]] = []
        if one.accepted_at:
            steps.append((one.accepted_at, Act.ACCEPTED, by, "{}"))
        if one.assigned_at:
            steps.append((one.assigned_at, Act.ASSIGNED, by, f'{{"post": {worker}}}'))
        steps += [(t.at, Act.PROGRESSED, by, f'{{"result": {t.result:d}}}') for t in one.tried]
        steps += [
            (
                *(f.at, Act.PROGRESSED, by),
                f'{{"fact": {f.fact:d}, "finding": {first[f.fact]}, "answer": "{f.code}"}}',
            )
            for f in one.found
        ]
        if one.blocked_at:
            steps.append((one.blocked_at, Act.BLOCKED, by, f'{{"on": "{one.blocked_on}"}}'))
        if one.proposed_at:
            steps.append((one.proposed_at, Act.PROGRESSED, by, '{"proposed": "never_found"}'))
        steps.sort(key=lambda step: step[0])
        if one.ended_at and one.ending:
            steps.append((one.ended_at, Act.CLOSED, closer, f'{{"outcome": "{one.ending.name.lower()}"}}'))
        out = self.lines["tasks_event"]
        out.append(
            f"{task}\t1\t{Act.HANDED_OVER}\t{one.handed_over_at}\tsystem:protocols\t{CITY}\t{path}\t1"
            f'\t{{"rule": "{RULE}"}}'
        )
        for seq, (at, act, who, detail) in enumerate(steps, start=2):
            state = 3 if act is Act.CLOSED else 2
            out.append(f"{task}\t{seq}\t{act}\t{at}\t{who}\t\t\t{state}\t{detail}")
        return len(steps) + 1


def _state(one: Course) -> TaskState:
    if one.ended_at:
        return TaskState.CLOSED
    return TaskState.ACCEPTED if one.accepted_at else TaskState.HANDED_OVER


def _or_null(at: datetime | None) -> str:
    return NULL if at is None else str(at)


def handed_over(plan: Plan, place: int) -> tuple[datetime, int]:
    """Return the hour at which a list came, by day and never by night, and its number of that day."""
    count = len(plan.lists)
    days = min(DAYS, count)
    day = place * days // count
    within = place - -(-day * count // days)
    last = day == days - 1
    begin = (NOW - timedelta(days=days - 1 - day)).replace(hour=6, minute=0)
    span = (NOW - begin - timedelta(minutes=20)) if last else timedelta(hours=16)
    share = (within + 0.5) / max(1, LISTS_A_DAY, -(-count // days))
    return (begin + span * share).replace(second=0, microsecond=0), within + 1


def enter_list(plan: Plan, place: int, *, posts: dict[str, int], first_number: int) -> tuple[int, bytes]:
    """Enter one pushed list in the open transaction; return the rows and a digest of what happened."""
    first, tasks = plan.lists[place]
    draw = random.Random(f"{plan.seed}:list:{place}")  # noqa: S311  a city that two machines make alike
    begun, number = handed_over(plan, place)
    # The last two days are still being worked on; older tasks have so many tries that there are ten steps a task.
    attempts = 3 if NOW - begun > LIMIT else 1
    digest = hashlib.sha256()
    writer = _Writer(plan, posts, take_numbers("verification_pushedlist", 1))
    made, repeats = [], False
    for task in range(first, first + tasks):
        one = course(draw, handed_over_at=begun, attempts=attempts, required=REQUIRED, may_repeat=repeats)
        repeats = one.ending is not Ending.DUPLICATE
        person = plan.subject(task)
        digest.update(f"{task}|{person}|{one!r}".encode())
        made.append((task, person, one))
    writer.finding = take_numbers("verification_finding", sum(len(one.found) for _, _, one in made) or 1)
    for task, person, one in made:
        writer.add(task, person, plan.share_of(person), one)
    channel, sender = SENDERS[place % len(SENDERS)]
    writer.lines["verification_pushedlist"].append(
        f"{writer.pushed_list}\t{public_id(plan.seed, 'list', place)}\t{CITY}\t{channel:d}\t{sender}\tXC-{place + 1}"
        f"\t{begun.date()}\t{first_number + number}\t{tasks}\t\t{begun}\t{begun}\tsystem:city\t{begun + LIMIT}"
        f"\t{RULE}\t{ListState.OPEN:d}\tt"
    )
    return sum(copy_lines(table, COLUMNS[table], lines) for table, lines in writer.lines.items()), digest.digest()
