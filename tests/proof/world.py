"""One of everything, planted in five units around the one whose posts ask."""

import json
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import uuid4

from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from shali.config import reference
from shali.exchange.models import Delivery, Subscription
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.intake.models import Batch, BatchState, Candidate, Review, Row, RowState
from shali.foundation.intake.services.receive import receive_file
from shali.foundation.journal.models import Fact
from shali.foundation.jurisdictions.models import Department, PathField, Unit, UnitChange
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.measures.models import Measure
from shali.foundation.measures.services import NewMeasure, propose_many
from shali.foundation.measures.services.appeal import lodge_appeal
from shali.foundation.people.models import Merge, Person
from shali.foundation.people.services.enrol import NewPerson, enrol_people
from shali.foundation.places.models import Household
from shali.foundation.policy.rules import questionnaire_in_force
from shali.foundation.tasks.models import BulkAct, BulkTask, JointRequest, Reminder, Stood, Task, Transfer, TransferKind
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.foundation.vault.sealing import seal
from shali.verification.models import (
    Anomaly,
    AskedAgain,
    Channel,
    Check,
    Difference,
    Finding,
    IdentityQuestion,
    ListEntry,
    ListState,
    LookBack,
    PushedList,
)
from tests.proof.cluster import plant_cluster
from tests.proof.rounds import plant_round

ASKS = "4111.02.001"  # the township whose posts send every request
# Where the planted things lie, seen from there. The last was part of it until it was moved.
PLOTS = {
    "own": "4111.02.001",
    "ancestor": "4111.02",
    "sibling": "4111.02.002",
    "descendant": "4111.02.001.001",
    "moved away": "4111.02.001.002",
}
# History stays where it happened; tallies follow the tasks by themselves.
KEPT = ("tasks.Event", "tasks.Reminder", "journal.AccessRecord", "verification.ListTally", "testing.RoundTally")
MOVED_TO = "4111.02.002.moved"


@dataclass
class Plot:
    """What was planted in one unit: by the name of the URL parameter that stands for it."""

    relation: str
    path: str
    values: dict[str, str] = field(default_factory=dict)


def lies_in(path: str, unit: str) -> bool:
    """Say whether a path lies in a unit, by its parts: not the application's own comparison of text."""
    parts, above = path.split("."), unit.split(".")
    return parts[: len(above)] == above


@dataclass
class World:
    plots: dict[str, Plot] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    asks: str = ASKS  # where the asking township is in the tree

    def seen(self, relation: str) -> bool:
        return lies_in(self.plots[relation].path, self.asks)

    def is_below(self, relation: str) -> bool:
        """Say whether the asking township lies in the unit of a plot, which is not its own."""
        return lies_in(self.asks, self.plots[relation].path) and not self.seen(relation)

    def asked(self, relation: str, parameters: Collection[str]) -> dict[str, str]:
        """Return how a door names a plot's things. A round of a unit above is asked about one's own part of it."""
        values = self.plots[relation].values
        return values | {"path": self.asks} if "testing_round" in parameters and self.is_below(relation) else values

    def hidden_ids(self) -> dict[str, str]:
        """Public numbers of what lies outside, each with the unit that it lies in."""
        return {
            value: relation
            for relation, plot in self.plots.items()
            if not self.seen(relation)
            for name, value in plot.values.items()
            if len(value) == 12
            # A round of a unit above is known in the whole of its area.
            if not (name == "testing_round" and self.is_below(relation))
        }


def plant() -> World:
    """Plant the world as the database's owner, without walls."""
    at, world = now(), World()
    reference.ensure()
    with in_scope(system_scope("test")):
        for relation, path in PLOTS.items():
            world.plots[relation] = _plot(relation, Unit.objects.get(path=path), at)
        asks = Unit.objects.get(path=ASKS)
        department = Department.objects.get(path=ASKS, code="proof")
        for role in Role:
            has = department if role is Role.DEPARTMENT_DESK else None
            world.posts[role.code] = _post(f"asks-{role.code}", role, asks, at, has)
    moved = world.plots["moved away"]
    move(moved.path, MOVED_TO)
    moved.path = moved.values["path"] = moved.values["unit"] = MOVED_TO
    with connection.cursor() as cursor:
        cursor.execute("select set_config('shali.scope', '', false)")
    return world


@transaction.atomic
def move(old: str, new: str) -> None:
    """Give a unit with everything that lies in it another place in the tree, in every table that has a path."""
    parent = Unit.objects.get(path=new.rpartition(".")[0])
    Unit.objects.filter(path=old).update(parent=parent)
    for model in apps.get_models():
        for column in (one.name for one in model._meta.concrete_fields if isinstance(one, PathField)):
            rows = model._default_manager.filter(**{f"{column}__gte": old, f"{column}__lt": f"{old}/"})
            if model._meta.label not in KEPT:
                rows.update(**{column: Concat(Value(new), Substr(F(column), len(old) + 1))})


def _post(name: str, role: Role, unit: Unit, at: datetime, department: Department | None = None) -> Post:
    user = add_user(username=name, name=f"某{name}", at=at)
    return give_post(
        user=user, role=role, unit=unit, department=department, scope=None, by="system:test", at=at, days=30
    )


def _plot(relation: str, unit: Unit, at: datetime) -> Plot:
    plot = Plot(relation, unit.path)
    post = _post(f"sits-{unit.path}", Role.COUNTY_DESK, unit, at)
    plot.values |= {"post": post.public_id, "path": unit.path, "unit": unit.path}
    pushed, people = _list(plot, unit, at)
    _tasks(plot, unit, post, pushed, people, at)
    _look_back(plot, unit, pushed, people[0], at)
    _measure(plot, unit, post, people[0], at)
    plot.values |= plant_cluster(unit, post, people[1:4], at)
    plot.values |= plant_round(unit, post, people[3], at)
    # A number so long that it stands in no answer by chance.
    number = 900_000_000 + unit.pk
    fact = Fact.objects.create(pk=number, kind="ListClosed", at=at, by="system:test", payload={})
    webhook = Subscription.objects.create(
        post=post,
        path=unit.path,
        url="https://receiver.example/",
        events=[],
        secret_sealed=b"-",
        made_by="x",
        made_at=at,
    )
    Delivery.objects.create(subscription=webhook, path=unit.path, fact=fact, due_at=at)
    change = UnitChange.objects.create(
        pk=number,
        unit=unit, kind=1, name="新名", name_en="New name", effective_on=at.date() + timedelta(days=9), basis="某文件",
        proposed_by="x", proposed_at=at,
    )  # fmt: skip
    plot.values |= {"webhook": webhook.public_id, "number": str(fact.pk), "change": str(change.pk)}
    return plot


def _list(plot: Plot, unit: Unit, at: datetime) -> tuple[PushedList, list[int]]:
    """Plant a file, its batch, a row under review, and the pushed list that they are."""
    batch = _batch(unit, at)
    home = Household.objects.create(unit=unit, path=unit.path, door_blind=os.urandom(16), door_sealed=b"-")
    door = seal("某小区3号楼2单元601", table="places_household", column="door", row=home.pk)
    Household.objects.filter(pk=home.pk).update(door_sealed=door)
    names = [
        NewPerson(name=f"乌有{n}", unit=unit.pk, path=unit.path, household=home.pk, phones=(f"1450000{unit.pk:04d}",))
        for n in range(6)
    ]
    people = enrol_people(names, source="test", at=at)
    plot.values["person"] = Person.objects.get(pk=people[0]).public_id
    merge = Merge.objects.create(
        kept_id=people[4], lost_id=people[5], path=unit.path, reason="same_number", proposed_by="x", proposed_at=at
    )
    plot.values |= {"merge": merge.public_id, "other": Person.objects.get(pk=people[3]).public_id}
    row = Row.objects.create(
        batch=batch, path=unit.path, sheet=0, row_no=2, state=RowState.DOUBTFUL, person_id=people[0],
        row_blind=os.urandom(16), cells_sealed=b"-",
    )  # fmt: skip
    Row.objects.filter(pk=row.pk).update(cells_sealed=_cells(row.pk))
    Candidate.objects.create(row=row, person_id=people[1], rank=1, score=0.7)
    review = Review.objects.create(row=row, path=unit.path, opened_at=at, due_at=at + timedelta(hours=4))
    pushed = PushedList.objects.create(
        path=unit.path, batch=batch, channel=Channel.OWN_FINDING, sender="寄件处", day=at.date(), number=1,
        handed_over_at=at, received_at=at, received_by="x", due_at=at + timedelta(hours=24), rule="verification@test",
        state=ListState.OPEN,
    )  # fmt: skip
    plot.values |= {"batch": batch.public_id, "review": review.public_id, "pushed_list": pushed.public_id}
    return pushed, people


def _batch(unit: Unit, at: datetime) -> Batch:
    """Receive a real file, and say that it was settled with its one row under review."""
    with NamedTemporaryFile(suffix=".csv") as file:
        file.write(f"姓名,住址\n乌有,某街{unit.path}\n".encode())
        file.flush()
        received = receive_file(
            scope=Scope(path=unit.path, name="system:test"), path=Path(file.name), file_name="名单.csv",
            purpose="verification", sender="寄件处", announced=None, handed_over_at=at, by="system:test", at=at,
        )  # fmt: skip
    Batch.objects.filter(pk=received.batch).update(
        state=BatchState.SETTLED, rows_total=1, rows_done=1, received=1, doubtful=1, settled_at=at
    )
    return Batch.objects.get(pk=received.batch)


def _cells(row: int) -> bytes:
    cells = json.dumps({"cells": {"姓名": "乌有"}, "values": {"name": "乌有"}})
    return seal(cells, table="intake_row", column="cells", row=row)


def _open(kind: str, unit: Unit, people: list[int], at: datetime) -> list[Task]:
    new = [NewTask(kind, unit.pk, one, unit.path, at, at + timedelta(hours=24), "verification@test") for one in people]
    return [Task.objects.get(pk=one.task) for one in open_tasks(new, by="system:test", at=at)]


def _tasks(plot: Plot, unit: Unit, post: Post, pushed: PushedList, people: list[int], at: datetime) -> None:
    """Plant a task of the list with an anomaly, one that passes on, one that a department was asked for."""
    first, passing, joint_task = _open("verification", unit, people[:3], at)
    for task, person in zip((first, passing, joint_task), people, strict=False):
        Check.objects.create(task=task, attempts_required=3)
        ListEntry.objects.create(pushed_list=pushed, person_id=person, task=task, due_at=task.due_at)
    anomaly = Anomaly.objects.create(
        task=first, entry=uuid4(), kind=1, path=unit.path, at=at, recorded_at=at, by=f"post:{post.pk}"
    )
    Finding.objects.create(
        task=first, entry=uuid4(), fact=1, answer="lives_alone", establishes=True, way=1, at=at, recorded_at=at,
        by=f"post:{post.pk}",
    )  # fmt: skip
    IdentityQuestion.objects.create(
        task=first, review=Review.objects.get(public_id=plot.values["review"]), asked_at=at, asked_by="x"
    )
    transfer = Transfer.objects.create(
        task=passing, kind=TransferKind.TRANSFER, from_unit=unit, from_path=unit.path, to_unit=unit, to_path=unit.path,
        arbiter_path=unit.path, reason="moved", asked_by=f"post:{post.pk}", asked_at=at,
        answer_due_at=at + timedelta(hours=2),
    )  # fmt: skip
    place = Department.objects.filter(unit=unit).count() + 1
    department = Department.objects.create(
        code="proof", unit=unit, path=unit.path, name="某局", name_en="Office", place=place
    )
    joint = JointRequest.objects.create(
        task=joint_task, department=department, path=unit.path, ask="locate_phone", asked_by="x", asked_at=at,
        due_at=at + timedelta(hours=2),
    )  # fmt: skip
    Reminder.objects.create(task=first, step="half", kind="remind", to_path=unit.path, at=at, by="system:test")
    none = dict.fromkeys(("open", "overdue", "soon", "two_hours", "not_accepted", "blocked"), 0)
    Stood.objects.create(path=unit.path, at=at - timedelta(days=3), ages=[], **none)
    act = BulkAct.objects.create(
        path=unit.path, kind="accept", asked_by=f"post:{post.pk}", asked_at=at, total=1, done=1, finished_at=at
    )
    BulkTask.objects.create(act=act, task=first, state=2, version=2, before={"state": 1, "assignee": None})
    plot.values |= {"act": act.public_id}
    plot.values |= {"task": first.public_id, "anomaly": anomaly.public_id, "transfer": transfer.public_id}
    plot.values |= {"joint": joint.public_id, "department": str(department.pk)}


def _measure(plot: Plot, unit: Unit, post: Post, person: int, at: datetime) -> None:
    """Plant a decided measure with an appeal against it."""
    new = NewMeasure("home_isolation", ("contact", "1"), "investigation", "1", at, person)
    scope = Scope(path=unit.path, name="system:test")
    planted = propose_many([new], scope=scope, by="system:test", at=at)[0]
    Measure.objects.filter(pk=planted.measure).update(
        state=2, decided_by=f"post:{post.pk}", decided_at=at, body=unit, version=2
    )
    appeal = lodge_appeal(scope=scope, measure=planted.public_id, way="paper", grounds="乌有", by="system:test", at=at)
    plot.values |= {"measure": planted.public_id, "appeal": appeal.public_id}


def _look_back(plot: Plot, unit: Unit, pushed: PushedList, person: int, at: datetime) -> None:
    (task,) = _open("look_back", unit, [person], at)
    asking = questionnaire_in_force("look_back", at)
    look_back = LookBack.objects.create(
        path=unit.path, lists=[pushed.public_id], unit_path=unit.path, questionnaire=asking.rule_id,
        questions=["counted"], frozen_at=at, frozen_by="x", due_at=at + timedelta(hours=24), rule="look_back@test",
        people=1,
    )  # fmt: skip
    asked = AskedAgain.objects.create(
        task=task, look_back=look_back, person_id=person, first_task=Task.objects.get(public_id=plot.values["task"]),
        first={"counted": "lives_alone"}, first_by=["post:0"],
    )  # fmt: skip
    difference = Difference.objects.create(
        asked=asked, path=unit.path, question="counted", first="lives_alone", second="with_family", opened_at=at
    )
    plot.values |= {"look_back": look_back.public_id, "difference": difference.public_id, "again": task.public_id}
