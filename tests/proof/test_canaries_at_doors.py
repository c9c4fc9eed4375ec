"""What is known of a person is in no answer and no address for whoever did not ask on record: every door is tried."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from shali.foundation.accounts.roles import Role
from shali.foundation.clocks import now
from shali.foundation.people.models import DocumentKind, Household, Person
from shali.foundation.people.services.enrol import (
    NewAddress,
    NewDocument,
    add_addresses,
    add_documents,
    add_phones,
)
from shali.foundation.vault.sealing import seal
from tests.proof.doors import doors
from tests.proof.knock import Caller
from tests.proof.world import ASKS, World, lies_in

# As nothing else in the world is written; a whole name, number, telephone or address, masked ones do not match.
CANARY = re.compile(r"暗号氏\d{4}|E9990\d{4}|1439000\d{4}|暗号巷\d{4}号|%E6%9A%97%E5%8F%B7")
NUMBER = re.compile(r"(\d{4})号?$")
ROLES = [role.code for role in Role]
# Whoever must be found, called, visited or told apart is shown to whoever does it: each look is on record, and is of
# the own unit. Of two who are told apart names and homes are shown; of their numbers only the digits that differ.
AT_WORK = {
    "/verification/my/",
    "/verification/my/<str:task>/",
    "/testing/walks/<str:tour>/",
    "/intake/reviews/<str:review>/",
    "/api/v1/batches/reviews/{review}",
}


@pytest.fixture
def marked(world: World) -> Iterator[World]:
    """Give everybody of the world a name, a number, a telephone and a home that nothing else is called."""
    with transaction.atomic():
        at = now()
        for person in Person.objects.order_by("pk"):
            said = f"{person.pk % 10_000:04d}"
            Person.objects.filter(pk=person.pk).update(
                name_sealed=seal(f"暗号氏{said}", table="people_person", column="name", row=person.pk)
            )
            add_documents([(person.pk, NewDocument(DocumentKind.PASSPORT, f"E9990{said}", True))], source="test", at=at)
            add_phones([(person.pk, f"1439000{said}")], source="test", at=at)
            add_addresses([(person.pk, NewAddress(f"暗号巷{said}号", person.unit_id))], source="test", at=at)
        for home in Household.objects.order_by("pk"):
            door = seal(f"暗号巷{home.pk % 10_000:04d}号", table="places_household", column="door", row=home.pk)
            Household.objects.filter(pk=home.pk).update(door_sealed=door)
        yield world
        transaction.set_rollback(True)


@pytest.mark.parametrize("role", ROLES)
def test_no_door_shows_a_person_to_whoever_did_not_ask_on_record(
    marked: World, quiet: None, role: str, figure: Callable[..., None]
) -> None:
    visitor = Caller(marked.posts[role], now())
    inside = {
        f"{number % 10_000:04d}" for number, path in Person.objects.values_list("pk", "path") if lies_in(path, ASKS)
    }
    found, asked, at_work = [], 0, 0
    for door in doors():
        if door.declared("GET") is None:
            continue
        for relation, plot in marked.plots.items():
            answer = visitor.knock(door, "GET", plot.values)
            asked += 1
            hits = set(CANARY.findall(answer.content + answer.location))
            if hits and door.pattern in AT_WORK and "journal_accessrecord" in answer.wrote:
                at_work += 1
                hits = {hit for hit in hits if not (set(NUMBER.findall(hit)) & inside)}
            if hits:
                found.append(f"{door.pattern} ({relation}): {len(hits)}")
    figure("canaries at every door", answers=asked, looks_on_record=at_work, shown=len(found))

    assert asked > 500
    assert not found, "\n".join(found)


def test_a_canary_that_is_shown_would_be_seen(marked: World, quiet: None) -> None:
    """The page on which a person is shown for a purpose, on record: or the test above would look for nothing."""
    person = marked.plots["own"].values["person"]
    visitor = Caller(marked.posts["township_desk"], now())
    said = {"field": ["name", "phone"], "purpose": "contact_person", "task": marked.plots["own"].values["task"]}
    answer = visitor.client.post(f"/people/{person}/show/", said)

    assert CANARY.search(answer.content.decode())
