"""What a fact says to another system: public numbers and codes, never a row's number, never a person's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shali.exchange.queries.objects import TOLD, Numbers
from shali.exchange.rules import EVENTS
from shali.foundation.journal.models import Fact
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.models import Task
from shali.verification.models import Anomaly, AnomalyKind, Ending, PushedList


@dataclass(frozen=True, slots=True)
class Event:
    """path: of the unit that it concerns; whoever does not see that unit does not hear of it."""

    fact: int
    type: str
    at: datetime
    path: str
    data: Mapping[str, Any]


def events_of(scope: Scope, facts: Iterable[Fact]) -> list[Event]:
    """Return what facts say to other systems, as far as the scope reaches; the same fact always says the same."""
    found = list(facts)
    named = _Named.of(found)
    events = []
    for fact in found:
        said = named.say(fact)
        if said is not None and scope.holds(said[0]):
            path, data = said
            events.append(Event(fact.pk, EVENTS[fact.kind], fact.at, path, data))
    return events


@dataclass(frozen=True, slots=True)
class _Named:
    tasks: dict[int, tuple[str, str]]
    lists: dict[int, PushedList]
    anomalies: dict[int, str]
    others: Numbers

    @classmethod
    def of(cls, facts: list[Fact]) -> "_Named":
        def numbers(name: str) -> set[int]:
            return {int(fact.payload[name]) for fact in facts if name in fact.payload}

        tasks = Task.objects.filter(pk__in=numbers("task")).values_list("pk", "public_id", "path")
        return cls(
            {number: (public_id, path) for number, public_id, path in tasks},
            PushedList.objects.in_bulk(numbers("pushed_list")),
            dict(Anomaly.objects.filter(pk__in=numbers("anomaly")).values_list("pk", "public_id")),
            Numbers.of(facts),
        )

    def say(self, fact: Fact) -> tuple[str, dict[str, Any]] | None:
        """Return the unit that a fact concerns and its words; None where what it names is gone."""
        given = fact.payload
        if fact.kind in TOLD:
            return self.others.say(fact)
        if fact.kind in ("ListOpened", "ListClosed"):
            pushed = self.lists.get(given["pushed_list"])
            return (pushed.path, _of_list(pushed)) if pushed else None
        task = self.tasks.get(given["task"])
        if task is None:
            return None
        number, path = task
        if fact.kind == "PersonStruckOff":
            pushed = self.lists.get(given["pushed_list"])
            if pushed is None:
                return None
            # The asker's unit hears of its answer.
            return pushed.path, {**_of_list(pushed), "task": number, "ending": Ending(given["ending"]).name.lower()}
        if fact.kind == "AnomalyRaised":
            kind = AnomalyKind(given["kind"]).name.lower()
            anomaly = self.anomalies.get(given["anomaly"], "")
            return given["path"], {"anomaly": anomaly, "task": number, "kind": kind, "unit": given["path"]}
        if fact.kind == "TaskMoved":
            return given["to_path"], {"task": number, "from": given["from_path"], "to": given["to_path"]}
        data = {"task": number, "unit": given.get("path", path)}
        if "outcome" in given:
            data["outcome"] = given["outcome"]
        return str(data["unit"]), data


def _of_list(pushed: PushedList) -> dict[str, Any]:
    return {"list": pushed.public_id, "sender_reference": pushed.sender_reference, "number": pushed.number}
