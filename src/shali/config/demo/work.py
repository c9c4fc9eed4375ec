"""What the demo's community workers did since last night: calls, findings, anomalies, and people struck off."""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.tasks.models import Task
from shali.verification.models import AnomalyKind, AttemptResult, Way
from shali.verification.rules import Fact
from shali.verification.services.anomalies import raise_anomaly
from shali.verification.services.endings import (
    close_as_deceased,
    close_as_moved_on,
    close_with_four_facts,
    propose_never_found,
)
from shali.verification.services.findings import record_attempt, record_finding

# What is found, most often first; each establishes its fact.
FOUND = {
    Fact.COUNTED: ("household_3", "household_4", "household_2", "lives_alone"),
    Fact.IDENTIFIED: ("confirmed_by_voice", "seen_in_person", "document_checked", "confirmed_by_family"),
    Fact.LOCATED: ("at_home", "at_home", "elsewhere_in_city", "at_isolation_site"),
    Fact.CONTROLLED: ("home_quarantine", "home_monitoring", "central_quarantine", "no_measure_needed"),
}
UNANSWERED = (AttemptResult.NO_ANSWER, AttemptResult.CALL_LATER, AttemptResult.NOBODY_HOME, AttemptResult.NUMBER_WRONG)


@dataclass(frozen=True, slots=True)
class Worker:
    """Whoever goes from door to door in one community."""

    scope: Scope

    @property
    def name(self) -> str:
        return self.scope.name


def work_on(task: Task, worker: Worker, *, is_done: bool, draw: random.Random, until: datetime) -> None:
    """Do what was done about one person between hand-over and `until`."""
    minutes = max(20, int((until - task.handed_over_at).total_seconds() // 60))
    began = task.handed_over_at + timedelta(minutes=draw.randrange(16, min(minutes, 14 * 60)))
    with in_scope(worker.scope):
        if not is_done:
            _began_only(task, worker, draw, began, until)
            return
        rare = draw.random()
        if rare < 0.03:
            close_as_moved_on(
                scope=worker.scope,
                task=task.public_id,
                seen=None,
                taken_over_by="许昌市魏都区疫情防控指挥部",
                receipt=f"魏都收〔2022〕{draw.randrange(100, 999)}",
                by=worker.name,
                at=began,
            )
            return
        if rare < 0.04:
            evidence = f"死亡医学证明书 {draw.randrange(10**6):06d}"
            close_as_deceased(
                scope=worker.scope, task=task.public_id, seen=None, evidence=evidence, by=worker.name, at=began
            )
            return
        for fact in Fact:
            _find(task, worker, fact, draw, began)
        if rare > 0.985:
            _anomaly(task, worker, AnomalyKind.FEVER, draw, began)
        close_with_four_facts(
            scope=worker.scope, task=task.public_id, seen=None, by=worker.name, at=began + timedelta(minutes=2)
        )


def _began_only(task: Task, worker: Worker, draw: random.Random, began: datetime, until: datetime) -> None:
    """Somebody was called, perhaps reached; what is open stays open with the hour of the next attempt."""
    times = draw.choice((1, 1, 2, 3, 3))
    for number in range(times):
        result = draw.choice(UNANSWERED)
        record_attempt(
            scope=worker.scope,
            task=task.public_id,
            entry=_entry(draw),
            way=Way.AT_THE_DOOR if result == AttemptResult.NOBODY_HOME else Way.PHONE,
            result=result,
            taken_at=began + timedelta(minutes=4 * number),
            by=worker.name,
            at=began + timedelta(minutes=4 * number),
            next_attempt_at=until + timedelta(minutes=draw.choice((20, 45, 90))),
        )
    kind = draw.random()
    if kind < 0.5:
        for fact in (Fact.COUNTED, Fact.IDENTIFIED):
            _find(task, worker, fact, draw, began)
    elif kind < 0.65:
        anomaly = draw.choice((AnomalyKind.REFUSES, AnomalyKind.WRONG_PERSON, AnomalyKind.FEVER))
        _anomaly(task, worker, anomaly, draw, began)
    elif times == max(3, times):
        propose_never_found(
            scope=worker.scope, task=task.public_id, note="", by=worker.name, at=began + timedelta(minutes=15)
        )


def _find(task: Task, worker: Worker, fact: Fact, draw: random.Random, at: datetime) -> None:
    record_finding(
        scope=worker.scope,
        task=task.public_id,
        entry=_entry(draw),
        fact=fact,
        code=draw.choice(FOUND[fact]),
        way=draw.choice((Way.PHONE, Way.PHONE, Way.AT_THE_DOOR, Way.HOUSEHOLD_MEMBER)),
        taken_at=at,
        by=worker.name,
        at=at,
    )


def _anomaly(task: Task, worker: Worker, kind: AnomalyKind, draw: random.Random, at: datetime) -> None:
    raise_anomaly(
        scope=worker.scope, task=task.public_id, entry=_entry(draw), kind=kind, taken_at=at, by=worker.name, at=at
    )


def _entry(draw: random.Random) -> uuid.UUID:
    return uuid.UUID(int=draw.getrandbits(128), version=4)
