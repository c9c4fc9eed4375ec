"""A program does at the desk what a page does, and no more."""

import pytest
import time_machine
from django.test import Client

from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.tokens import make_token
from shali.foundation.tasks.models import Task, TaskState

from .conftest import AT, City


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(AT, tick=False):
        yield


def program(city: City, name: str) -> Client:
    post = city.posts[name]
    verbs = Role.by_code(post.role).verbs
    made = make_token(post=post, name="流水线", verbs=verbs, days=1, by="system:test", at=AT)
    return Client(headers={"Authorization": f"Bearer {made.token}"})


def act(client: Client, path: str, key: str, body: dict[str, object], **headers: str):
    return client.post(
        f"/api/v1/tasks/{path}", body, content_type="application/json", headers={"Idempotency-Key": key, **headers}
    )


def test_an_act_on_what_has_changed_since_is_refused(city):
    task = city.tasks(1)[0].public_id
    client = program(city, "first")
    seen = client.get(f"/api/v1/tasks/{task}").headers["ETag"]

    first = act(client, f"{task}/accept", "accept-1", {}, **{"If-Match": seen})
    late = act(client, f"{task}/note", "note-too-late", {"text": "敲门无人"}, **{"If-Match": seen})
    again = client.get(f"/api/v1/tasks/{task}")
    good = act(client, f"{task}/note", "note-in-time", {"text": "敲门无人"}, **{"If-Match": again.headers["ETag"]})

    assert (first.status_code, late.status_code, good.status_code) == (200, 409, 200)
    assert late.json()["type"] == "urn:shali:problem:refused"
    assert again.json()["is_accepted"] is True


@pytest.mark.parametrize(
    ("body", "header", "status"),
    [
        ({"text": "x", "colour": "red"}, "*", 422),
        ({"text": "x\0y"}, "*", 422),
        ({"text": ""}, "*", 422),
        ({"text": "x"}, "W/nonsense", 422),
        ({"text": "x"}, "*", 200),
    ],
)
def test_what_is_unknown_or_unstorable_is_refused(city, body, header, status):
    task = city.tasks(1)[0].public_id

    assert (
        act(program(city, "first"), f"{task}/note", "note-strange", body, **{"If-Match": header}).status_code == status
    )


def test_another_communitys_program_finds_no_such_task(city):
    task = city.tasks(1)[0].public_id
    client = program(city, "second")

    assert client.get(f"/api/v1/tasks/{task}").status_code == 404
    assert client.get("/api/v1/tasks").json() == {"items": [], "total": 0, "after": ""}
    assert act(client, f"{task}/accept", "not-ours-1", {}).status_code == 404


def test_the_desk_is_paged_without_repeat_or_gap(city):
    expected = {task.public_id for task in city.tasks(120)}
    client, after, found = program(city, "township"), "", []
    for _ in range(9):
        page = client.get("/api/v1/tasks", {"after": after}).json()
        found += [row["public_id"] for row in page["items"]]
        after = page["after"]
        if not after:
            break

    assert len(found) == 120
    assert set(found) == expected


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"all_of": "open"}, 422),
        ({"all_of": "open", "count": 3}, 409),
        ({"all_of": "open", "count": 4, "unit": "4199"}, 404),
        ({"all_of": "open", "count": 4, "tasks": ["{first}"]}, 422),
        ({"tasks": ["{first}", "zzzzzzzzzzzz"]}, 422),
        ({"ids": ["{first}"]}, 422),
        ({}, 422),
    ],
)
def test_a_program_takes_what_it_said_or_nothing(city, body, status):
    first = city.tasks(4)[0].public_id
    said = {**body, "tasks": [one.format(first=first) for one in body["tasks"]]} if "tasks" in body else body

    answer = act(program(city, "township"), "many/accept", "many-accept-1", said)

    assert answer.status_code == status, answer.content
    assert ("zzzzzzzzzzzz" in answer.content.decode()) == ("zzzzzzzzzzzz" in str(body))
    assert not Task.objects.filter(state=TaskState.ACCEPTED).exists()


def test_a_program_takes_all_under_the_number_it_was_shown(city):
    city.tasks(4)
    client = program(city, "township")
    count = client.get("/api/v1/tasks/counts").json()["counts"]["open"]

    assert act(client, "many/accept", "many-accept-2", {"all_of": "open", "count": count}).json()["done"] == 4
