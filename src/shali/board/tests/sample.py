"""Tasks of a made-up evening."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from shali.config import reference
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.tasks.models import Task, TaskState

ZONE = timezone(timedelta(hours=8))
CITY = "4111"


@dataclass(frozen=True)
class Past:
    """One task's life in minutes: handed over before `at`, closed and accepted after the hand-over."""

    place: int
    ago: int
    limit: int = 24 * 60
    accepted: int | None = None
    closed: int | None = None


def prepare() -> list[str]:
    """Enter the units; return paths of some communities of different counties and of a township."""
    with in_scope(system_scope("test")):
        reference.ensure()
        paths = list(Unit.objects.filter(level=4).order_by("path").values_list("path", flat=True))
        township = Unit.objects.filter(level=3).order_by("path")[0].path
    return [paths[0], paths[1], paths[300], paths[700], paths[-1], township, CITY]


def enter(lives: list[Past], places: list[str], at: datetime) -> None:
    units = dict(Unit.objects.filter(path__in=places).values_list("path", "id"))
    with in_scope(system_scope("test")):
        Task.objects.bulk_create([_task(life, places[life.place % len(places)], units, at) for life in lives])


def _task(life: Past, path: str, units: dict[str, int], at: datetime) -> Task:
    handed_over = at - timedelta(minutes=life.ago)

    def later(minutes: int | None) -> datetime | None:
        hour = None if minutes is None else handed_over + timedelta(minutes=minutes)
        return hour if hour is not None and hour <= at else None

    closed, accepted = later(life.closed), later(life.accepted)
    state = TaskState.CLOSED if closed else TaskState.ACCEPTED if accepted else TaskState.HANDED_OVER
    return Task(
        kind="made_up",  # a kind that no capability guards
        unit_id=units[path],
        path=path,
        giver_path=CITY,
        state=state,
        handed_over_at=handed_over,
        due_at=handed_over + timedelta(minutes=life.limit),
        rule="test",
        accepted_at=accepted,
        accepted_by="post:1" if accepted else "",
        closed_at=closed,
        closed_by="post:1" if closed else "",
        outcome="four_facts" if closed else "",
    )
