from datetime import UTC, date, datetime

import pytest
import time_machine

from shali.config import reference
from shali.foundation.accounts.middleware import scope_of
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.people.rules import check_character
from shali.foundation.people.services.enrol import NewAddress, NewDocument, NewPerson, enrol_people

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)
HERE, NEXT_DOOR = "4111.02.001.001", "4111.02.001.002"


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(NOW, tick=False):
        yield


def resident_id(serial: int) -> str:
    first = f"41119019800115{serial:03d}"
    return first + check_character(first)


def enrol(serial: int, *, path: str = HERE, name: str = "") -> Person:
    """Enrol an invented person of a unit, with a document, a telephone and an address of his own."""
    unit = Unit.objects.get(path=path)
    person = NewPerson(
        name=name or f"例{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}{serial}",
        unit=unit.pk,
        path=path,
        sex=1,
        birth_on=date(1980, 1, 15),
        documents=(NewDocument(1, resident_id(serial), True),),
        phones=(f"140{serial:08d}",),
        addresses=(NewAddress(f"{unit.name}{serial}号楼{serial}室", unit.pk),),
    )
    return Person.objects.get(pk=enrol_people([person], source="register", at=NOW)[0])


def post_at(path: str, role: Role = Role.COMMUNITY_WORKER) -> Post:
    user = add_user(username=f"{role.code}-{path}-{Post.objects.count()}", name="亡是公", at=NOW)
    return give_post(user=user, role=role, unit=Unit.objects.get(path=path), scope=None, by="system:test", at=NOW)


def scope_at(path: str, role: Role = Role.COMMUNITY_WORKER) -> Scope:
    return scope_of(post_at(path, role))


@pytest.fixture
def city(db) -> Scope:
    """The reference data, and a scope over all of it for the length of the test."""
    scope = system_scope("test")
    with in_scope(scope):
        reference.ensure()
        yield scope
