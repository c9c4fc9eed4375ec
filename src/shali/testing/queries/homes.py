"""Tasks at the doors of a round: where each is, who is there, and which team has it on its walk."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.models import Address, Person, Phone
from shali.foundation.places.models import Household
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.tasks.models import Task, TaskState
from shali.foundation.tasks.rules import clock_state
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_text
from shali.testing.models import HomeVisit, Position, Round, Tour
from shali.testing.queries.find import round_in_scope
from shali.testing.rules.doors import Door, Spot, door_of

AT_HOME = "test_at_home"
# One plan holds so many people: each at a door of his own is 200 megabytes of distances, and some seconds.
MOST = 5_000


@dataclass(frozen=True, slots=True)
class TeamRow:
    """metres, minutes: of the whole walk as planned; left: doors of this scope at which nobody was sampled yet."""

    team: int
    visits: int
    left: int
    overdue: int
    metres: float
    minutes: float


@dataclass(frozen=True, slots=True)
class TourRow:
    public_id: str
    unit: str
    unit_en: str
    start: str
    overdue_first: bool
    made_at: datetime
    teams: tuple[TeamRow, ...]


@dataclass(frozen=True, slots=True)
class VisitsView:
    """open: tasks at doors that wait; nobodys: those on no team's walk; guessed: whose place is their community's."""

    open: int
    overdue: int
    nobodys: int
    guessed: int
    tours: tuple[TourRow, ...]


@dataclass(frozen=True, slots=True)
class VisitRow:
    """door: what its address says; metres: from the door before; outcome: '' while the task is open."""

    task: str
    person: int
    place: int
    team: int
    unit: str
    unit_en: str
    door: Door
    address: str
    name: str
    phones: tuple[str, ...]
    metres: float
    known: str
    state: str
    due_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class WalkView:
    """hidden: doors of this walk that lie outside the scope."""

    tour: str
    round: str
    round_number: int
    team: int
    teams: int
    start: str
    metres: float
    minutes: float
    rows: tuple[VisitRow, ...]
    hidden: int
    made_at: datetime


def open_visits(scope: Scope, row: Round) -> list[Task]:
    """Return the open tasks at doors of a round's people, due first; one more than MOST says that there are more."""
    return list(_waiting(scope, row).select_related("unit").order_by("due_at", "id")[: MOST + 1])


def _waiting(scope: Scope, row: Round) -> QuerySet[Task]:
    tasks = Task.objects.filter(within(scope.path), kind=AT_HOME, subject__rounds__round=row)
    return tasks.exclude(state=TaskState.CLOSED)


def state_of(scope: Scope, task: Task, at: datetime) -> str:
    return clock_state(
        handed_over_at=task.handed_over_at,
        due_at=task.due_at,
        at=at,
        soon_share=due_soon_share(task.handed_over_at),
        is_blocked=task.blocked_since is not None,
    )


def visits_view(scope: Scope, made: str, *, at: datetime) -> VisitsView:
    """Return the visits of a round in a scope and the tours that have them on a walk, the newest first."""
    row = round_in_scope(scope, made)
    waiting = _waiting(scope, row)
    on_walks = HomeVisit.objects.filter(within(scope.path), tour__round=row, replaced_at=None)
    visits = list(on_walks.select_related("tour__site", "task"))
    of_tour: dict[int, list[HomeVisit]] = defaultdict(list)
    for one in visits:
        of_tour[one.tour_id].append(one)
    tours = sorted({one.tour for one in visits}, key=lambda tour: -tour.pk)
    units = {unit.path: unit for unit in Unit.objects.filter(path__in={tour.path for tour in tours})}
    return VisitsView(
        open=waiting.count(),
        overdue=waiting.filter(due_at__lt=at).count(),
        nobodys=waiting.exclude(pk__in=on_walks.values("task_id")).count(),
        guessed=sum(one.task.state != TaskState.CLOSED and one.known in ("community", "nowhere") for one in visits),
        tours=tuple(_tour(scope, tour, of_tour[tour.pk], units.get(tour.path), at) for tour in tours),
    )


def _tour(scope: Scope, tour: Tour, visits: list[HomeVisit], unit: Unit | None, at: datetime) -> TourRow:
    teams = []
    for team, (count, metres, minutes) in enumerate(tour.walks, start=1):
        left = [one.task for one in visits if one.team == team and one.task.state != TaskState.CLOSED]
        overdue = sum(state_of(scope, task, at) == "overdue" for task in left)
        teams.append(TeamRow(team, count, len(left), overdue, metres, minutes))
    start = tour.site.name if tour.site else ""
    name, name_en = (unit.name, unit.name_en) if unit else ("", "")
    return TourRow(tour.public_id, name, name_en, start, tour.overdue_first, tour.made_at, tuple(teams))


def tour_in_scope(scope: Scope, public_id: str) -> Tour:
    """Return a tour of the scope, or one of a unit above that has doors of the scope on its walks.

    :raises NotInScope: there is none
    """
    found = Tour.objects.filter(public_id=public_id).select_related("round", "site").first()
    if found is None or not (
        scope.holds(found.path) or HomeVisit.objects.filter(within(scope.path), tour=found).exists()
    ):
        raise NotInScope
    return found


def walk_of_task(scope: Scope, task: str) -> tuple[str, int] | None:
    """Return on which tour's walk a task at a door is, and whose team's."""
    found = HomeVisit.objects.filter(within(scope.path), task__public_id=task, replaced_at=None)
    return found.values_list("tour__public_id", "team").first()


def walk_view(scope: Scope, tour: str, team: int, *, at: datetime) -> WalkView:
    """Return a team's walk with names, doors and telephones in the clear: somebody has to ring there.

    Showing it is a look at personal data: the door that calls this writes one access record for the page.

    :raises NotInScope: there is no such tour here, or it has no such team
    """
    found = tour_in_scope(scope, tour)
    if not 1 <= team <= len(found.walks):
        raise NotInScope
    visits = list(
        HomeVisit.objects.filter(within(scope.path), tour=found, team=team, replaced_at=None)
        .select_related("task__unit")
        .order_by("place")
    )
    count, metres, minutes = found.walks[team - 1]
    known = known_of(scope, [one.task.subject_id or 0 for one in visits])
    return WalkView(
        found.public_id, found.round.public_id, found.round.number, team, len(found.walks),
        found.site.name if found.site else "", metres, minutes, tuple(_visit(scope, one, known, at) for one in visits),
        count - len(visits) if not scope.holds(found.path) else 0, found.made_at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of people at whose doors somebody rings, by the person's row."""

    people: Mapping[int, Person]
    addresses: Mapping[int, str]
    phones: Mapping[int, tuple[str, ...]]


def known_of(scope: Scope, people: Iterable[int]) -> Known:
    """Open the names, addresses and telephones of people; four queries however many they are."""
    wanted = Person.objects.in_bulk(list(people))
    return Known(wanted, addresses_of(scope, wanted.values()), _phones(wanted))


def addresses_of(scope: Scope, people: Iterable[Person]) -> dict[int, str]:
    """Return where people live: their household's door, else the newest address written of them."""
    persons = list(people)
    doors = {
        home.pk: open_text(home.door_sealed, table="places_household", column="door", row=home.pk)
        for home in Household.objects.filter(pk__in={one.household_id for one in persons if one.household_id})
    }
    found = {one.pk: doors[one.household_id] for one in persons if one.household_id in doors}
    without = [one.pk for one in persons if one.pk not in found]
    for address in Address.objects.filter(person_id__in=without, ended_at=None).order_by("seen_at", "id"):
        found[address.person_id] = open_text(address.text_sealed, table="people_address", column="text", row=address.pk)
    return found


def _phones(people: Iterable[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    for one in Phone.objects.filter(person_id__in=list(people), ended_at=None).order_by("-seen_at", "id"):
        number = open_text(one.number_sealed, table="people_phone", column="number", row=one.pk)
        found[one.person_id].append(number)
    return {person: tuple(numbers) for person, numbers in found.items()}


def _visit(scope: Scope, one: HomeVisit, known: Known, at: datetime) -> VisitRow:
    task = one.task
    person = known.people.get(task.subject_id or 0)
    address = known.addresses.get(task.subject_id or 0, "")
    is_open = task.state != TaskState.CLOSED
    return VisitRow(
        task.public_id, task.subject_id or 0, one.place, one.team, task.unit.name, task.unit.name_en,
        door_of(address, task.unit.name), address,
        open_text(person.name_sealed, table="people_person", column="name", row=person.pk) if person else "—",
        known.phones.get(task.subject_id or 0, ()), one.metres, one.known,
        state_of(scope, task, at) if is_open else "done", task.due_at, "" if is_open else task.outcome,
    )  # fmt: skip


def positions(scope: Scope) -> dict[str, dict[str, Spot]]:
    """Return where places of a scope are, by community and name."""
    found: dict[str, dict[str, Spot]] = defaultdict(dict)
    for one in Position.objects.filter(within(scope.path)).order_by("id"):
        found[one.path][one.name] = (one.longitude, one.latitude)
    return found
