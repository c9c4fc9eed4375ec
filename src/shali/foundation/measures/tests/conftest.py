"""The city of the tasks' tests, with a lead, a second county's desk, and people to give measures to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from shali.foundation.accounts.middleware import scope_of
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.measures.models import Measure
from shali.foundation.measures.services.propose import NewMeasure, Proposed, _origins, propose_many, use_origin
from shali.foundation.people.services.enrol import NewPerson, enrol_people
from shali.foundation.tasks.tests.conftest import AT, City, make_city

ENDS = AT + timedelta(days=7)


@dataclass
class Town:
    city: City
    people: list[int]

    def acts(self, name: str, at: datetime = AT) -> dict[str, object]:
        return {"scope": self.city.scope(name), "by": self.city.scope(name).name, "at": at}

    def new(self, person: int, kind: str = "central_isolation", **given: object) -> NewMeasure:
        values: dict[str, object] = {
            "origin": ("contact", "c-1"),
            "evidence": "investigation",
            "evidence_ref": "流调2022-0810-1",
            "starts_at": AT,
            "person": person,
        }
        return NewMeasure(kind=kind, **(values | given))  # type: ignore[arg-type]  # a test's own values

    def proposed(self, person: int, kind: str = "central_isolation", by: str = "city", **given: object) -> Proposed:
        acts = self.acts(by)
        with in_scope(self.city.scope(by)):
            return propose_many([self.new(person, kind, **given)], **acts)[0]  # type: ignore[arg-type]

    def row(self, proposed: Proposed) -> Measure:
        return Measure.objects.get(pk=proposed.measure)


def make_town() -> Town:
    city = make_city()
    since = AT - timedelta(days=1)
    with in_scope(system_scope("test")):
        top = Unit.objects.get(path="4111")
        other = Unit.objects.get(path="4111.03")
        for name, role, unit in (
            ("lead", Role.CITY_LEAD, top),
            ("lead2", Role.CITY_LEAD, top),
            ("county2", Role.COUNTY_DESK, city.county),
            ("other_county", Role.COUNTY_DESK, other),
        ):
            user = add_user(username=name, name=f"某{name}", at=since)
            city.posts[name] = give_post(
                user=user, role=role, unit=unit, scope=None, by="system:test", at=since, days=3000
            )
        people = enrol_people(
            [NewPerson(name=f"乌有{n}", unit=city.first.pk, path=city.first.path) for n in range(4)],
            source="test",
            at=AT,
        )
    return Town(city, list(people))


@pytest.fixture
def town(db: None) -> Town:
    return make_town()


@pytest.fixture
def committed_town(transactional_db: None) -> Town:
    return make_town()


@pytest.fixture
def contacts_known() -> Iterator[None]:
    """Stand for the room of contacts: contact "c-1" is on record for everybody."""
    before = dict(_origins)
    use_origin(kind="contact", check=lambda pairs: {pair for pair in pairs if pair[0] == "c-1"})
    yield
    _origins.clear()
    _origins.update(before)


__all__ = ["AT", "ENDS", "Town", "committed_town", "contacts_known", "scope_of", "town"]
