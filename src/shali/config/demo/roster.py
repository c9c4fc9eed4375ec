"""What the tracing desk of the demo has beside its cluster: an investigator on shift, a class room asked one by one."""

from datetime import datetime, timedelta

from shali.foundation.accounts.models import Post
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Person
from shali.tracing.models import Case, Contact
from shali.tracing.services.exposures import Event, answer_member, ask_again, open_exposure
from shali.tracing.services.investigators import enter_investigator
from shali.tracing.services.rosters import add_members

PEOPLE, ANSWERED = 14, 9
FIRST_ROUND = 6  # people of the older event, all answered


def play_desk(scope: Scope, morning: datetime) -> None:
    """Enter the investigator's shift, an exposure half asked, and an older one asked again since this morning."""
    enter_investigator(
        scope=scope,
        post=Post.objects.get(pk=scope.post or 0).public_id,
        trained_until=day_of(morning) + timedelta(days=140),
        shift_from=morning.replace(hour=8, minute=0),
        shift_until=morning.replace(hour=20, minute=0),
        by=scope.name,
        at=morning - timedelta(days=3),
    )
    with in_scope(system_scope("demo")):
        case = Case.objects.filter(isolated_at__isnull=False).order_by("-number")[0]
        busy = {*Case.objects.values_list("person_id", flat=True), *Contact.objects.values_list("person_id", flat=True)}
        unit = Unit.objects.filter(level=4, path__startswith=case.path).order_by("path")[0]
        people = Person.objects.filter(merged_into=None, source="register").exclude(pk__in=busy).order_by("id")
        who = list(people.values_list("pk", flat=True)[: PEOPLE + FIRST_ROUND])
    with in_scope(scope):
        _ask(scope, _event("某小学二年级一班", unit, case, morning - timedelta(hours=44)), who[:PEOPLE], ANSWERED,
             at=morning - timedelta(hours=4))  # fmt: skip
        older = _ask(scope, _event("某棋牌室", unit, case, morning - timedelta(hours=70)), who[PEOPLE:], FIRST_ROUND,
                     at=morning - timedelta(hours=30))  # fmt: skip
        ask_again(scope=scope, exposure=older, by=scope.name, at=morning - timedelta(hours=2))


def _event(place: str, unit: Unit, case: Case, begins: datetime) -> Event:
    return Event(place, unit.path, "same_space", begins, begins + timedelta(hours=3), case.public_id)


def _ask(scope: Scope, event: Event, people: list[int], answered: int, *, at: datetime) -> str:
    """Open an exposure and answer for the first of its roster: one in four was there."""
    made = open_exposure(scope=scope, event=event, by=scope.name, at=at)
    add_members(exposure=made, people=people, came_by="hand", by=scope.name, at=at)
    for place, one in enumerate(made.members.order_by("id")[:answered]):
        answer = ("was_there", "was_not_there", "was_not_there", "cannot_say")[place % 4]
        hour = at + timedelta(minutes=9 * (place + 1))
        answer_member(scope=scope, member=one.pk, answer=answer, by=scope.name, at=hour)
    return made.public_id
