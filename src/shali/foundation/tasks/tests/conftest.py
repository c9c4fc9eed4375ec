"""A small city with posts at every level, and tasks handed over in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytest

from shali.config import reference
from shali.foundation.accounts.middleware import scope_of
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.jurisdictions.models import Department, Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.services.enrol import NewPerson, enrol_people
from shali.foundation.tasks.models import Task
from shali.foundation.tasks.services.open import NewTask, open_tasks

ZONE = timezone(timedelta(hours=8))
HANDED_OVER = datetime(2022, 8, 10, 8, 0, tzinfo=ZONE)
AT = HANDED_OVER + timedelta(hours=1)


@dataclass
class City:
    """Two communities of one township, one of another county; a post at each and at the units above."""

    first: Unit
    second: Unit
    far: Unit
    township: Unit
    county: Unit
    posts: dict[str, Post] = field(default_factory=dict)

    def scope(self, name: str) -> Scope:
        return scope_of(self.posts[name])

    def tasks(
        self, count: int, *, unit: Unit | None = None, at: datetime = HANDED_OVER, kind: str = "errand"
    ) -> list[Task]:
        unit = unit or self.first
        with in_scope(system_scope("test")):
            people = enrol_people(
                [NewPerson(name=f"乌有{n}", unit=unit.pk, path=unit.path) for n in range(count)], source="test", at=at
            )
            new = [
                NewTask(kind, unit.pk, person, "4111", at, at + timedelta(hours=24), "verification@test")
                for person in people
            ]
            opened = open_tasks(new, by="system:test", at=at)
            return list(Task.objects.filter(pk__in=[one.task for one in opened]).order_by("id"))


def _post(name: str, role: Role, unit: Unit, *, since: datetime, department: Department | None = None) -> Post:
    user = add_user(username=name, name=f"某{name}", at=since)
    return give_post(
        user=user, role=role, unit=unit, department=department, scope=None, by="system:test", at=since, days=3000
    )


def make_city(since: datetime = HANDED_OVER - timedelta(days=1)) -> City:
    with in_scope(system_scope("test")):
        reference.ensure()
        units = {unit.path: unit for unit in Unit.objects.filter(level__lte=4)}
        first, second = [u for u in units.values() if u.level == 4 and u.path.startswith("4111.02.001.")][:2]
        far = next(u for u in units.values() if u.level == 4 and u.path.startswith("4111.03."))
        city = City(first, second, far, units["4111.02.001"], units["4111.02"])
        police = Department.objects.get(path="4111", code="public_security")
        for name, role, unit in (
            ("first", Role.COMMUNITY_WORKER, first),
            ("first2", Role.COMMUNITY_WORKER, first),
            ("second", Role.COMMUNITY_WORKER, second),
            ("far", Role.COMMUNITY_WORKER, far),
            ("township", Role.TOWNSHIP_DESK, city.township),
            ("county", Role.COUNTY_DESK, city.county),
            ("city", Role.CITY_DUTY, units["4111"]),
        ):
            city.posts[name] = _post(name, role, unit, since=since)
        city.posts["police"] = _post("police", Role.DEPARTMENT_DESK, units["4111"], since=since, department=police)
        return city


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def committed_city(transactional_db: None) -> City:
    return make_city()


@pytest.fixture
def acting(city: City) -> Callable[[str], dict[str, object]]:
    """Return the arguments that every act takes: whose scope, by whom, at which hour."""
    return lambda name: {"scope": city.scope(name), "by": city.scope(name).name, "at": AT}
