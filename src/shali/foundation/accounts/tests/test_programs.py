"""A program's way in: tokens that end, writes that happen once, answers that say what is wrong."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from shali.config import reference
from shali.foundation.accounts.models import AnsweredRequest, Post
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.accounts.services.posts import add_user, give_post, revoke_post
from shali.foundation.accounts.services.tokens import make_token, revoke_token
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import WrongInput
from shali.verification.models import PushedList

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)
CSV = "姓名,身份证号,联系电话\n例甲,,14400000001\n例乙,,14400000002\n".encode()


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def post(db) -> Post:
    with in_scope(system_scope("test")):
        reference.ensure()
        city = Unit.objects.get(level=1)
        user = add_user(username="duty", name="甄隐", at=NOW)
        return give_post(user=user, role=Role.CITY_DUTY, unit=city, scope=None, by="system:test", at=NOW, days=30)


@pytest.fixture
def program(post) -> Client:
    made = make_token(
        post=post, name="流水线", verbs=[Verb.SEE_LISTS, Verb.RECEIVE_LISTS], days=10, by="post:1", at=NOW
    )
    return Client(headers={"Authorization": f"Bearer {made.token}"})


def hand_in(program: Client, key: str, *, sender: str = "例市专班"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    said = {"channel": "hospital", "sender": sender, "announced": "2", "handed_over_at": "2022-08-10T01:00:00Z"}
    file = SimpleUploadedFile("list.csv", CSV, content_type="text/csv")
    return program.post("/api/v1/verification/lists", {**said, "file": file}, headers={"Idempotency-Key": key})


def test_a_token_acts_for_its_post_with_its_own_verbs_only(post, program):
    seen = program.get("/api/v1/verification/lists")
    refused = program.get("/api/v1/units/4111")

    assert (seen.status_code, seen.json()) == (200, {"items": []})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:shali:problem:forbidden")


def test_a_token_has_no_verb_that_its_post_has_not(post):
    with pytest.raises(WrongInput, match="manage_posts"):
        make_token(post=post, name="x", verbs=[Verb.MANAGE_POSTS], days=1, by="post:1", at=NOW)


@pytest.mark.parametrize("why", ["ended", "revoked", "post revoked", "unknown", "none"])
def test_a_token_that_does_not_hold_opens_nothing(post, why):
    made = make_token(post=post, name="x", verbs=[Verb.SEE_LISTS], days=2, by="post:1", at=NOW)
    token, at = made.token, NOW + timedelta(hours=1)
    scope = Scope(path="4111", name="post:1", post=post.pk)
    if why == "ended":
        at = NOW + timedelta(days=2)
    elif why == "revoked":
        revoke_token(scope=scope, token=made.public_id, by="post:1", at=NOW)
    elif why == "post revoked":
        revoke_post(scope=scope, post=post.public_id, by="post:1", at=NOW)
    elif why == "unknown":
        token += "x"

    with time_machine.travel(at, tick=False):
        said = {} if why == "none" else {"Authorization": f"Bearer {token}"}
        answer = Client(headers=said).get("/api/v1/verification/lists")

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_browsers_session_opens_no_endpoint(post):
    browser = Client()
    browser.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")

    assert browser.get("/api/v1/verification/lists").status_code == 401


def test_a_write_sent_again_under_its_key_is_one_write_and_one_answer(program):
    first = hand_in(program, "morning-list-1")
    again = hand_in(program, "morning-list-1")

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json()["is_new"] is True
    assert again.headers["Idempotent-Replay"] == "true"
    assert PushedList.objects.count() == 1


def test_a_key_names_one_write_only(program):
    hand_in(program, "morning-list-1")

    other = hand_in(program, "morning-list-1", sender="另一市专班")

    assert (other.status_code, other.json()["type"]) == (422, "urn:shali:problem:key-used")


def test_a_write_without_a_key_is_not_done(program):
    answer = program.post("/api/v1/verification/lists", {})

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shali:problem:no-key")
    assert PushedList.objects.count() == 0


def test_a_refused_write_leaves_nothing_and_may_be_tried_again(program):
    wrong = program.post("/api/v1/verification/lists", {"channel": "rumour"}, headers={"Idempotency-Key": "list-2-try"})

    assert wrong.status_code == 422
    assert {error["where"].split(".")[-1] for error in wrong.json()["errors"]} == {
        "channel",
        "sender",
        "handed_over_at",
        "file",
    }
    assert AnsweredRequest.objects.count() == 0
    assert hand_in(program, "list-2-try").status_code == 201


def test_what_did_not_change_is_not_sent_again(program):
    first = program.get("/api/v1/verification/lists")
    again = program.get("/api/v1/verification/lists", headers={"If-None-Match": first.headers["ETag"]})
    hand_in(program, "morning-list-1")
    changed = program.get("/api/v1/verification/lists", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_what_lies_outside_is_not_found(program):
    answer = program.get("/api/v1/verification/lists/nosuchlist00")

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:shali:problem:not-found")


def test_every_endpoint_declares_who_may_call_it():
    from shali.config.api import api
    from shali.foundation.accounts.api.endpoint import policies

    found = policies(api)

    assert found["GET", "/api/v1/verification/lists"].verbs == {Verb.SEE_LISTS}
    assert all(policy.verbs for policy in found.values())


def test_the_description_is_openapi_3_1_and_names_every_problem(client, db):
    described = client.get("/api/v1/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    write = described["paths"]["/api/v1/verification/lists"]["post"]
    assert {"201", "401", "403", "409", "422"} <= set(write["responses"])
    assert any(given["name"] == "Idempotency-Key" and given["required"] for given in write["parameters"])
