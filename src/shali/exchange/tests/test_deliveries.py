"""What happened is told to whoever subscribed: after commit, at least once, within his part of the tree."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection, transaction

from shali.config import reference
from shali.exchange.models import Delivery, DeliveryState, Subscription
from shali.exchange.services.deliver import deliver_due, queue_new_facts
from shali.exchange.services.subscribe import deliver_again, subscribe, unsubscribe
from shali.foundation.accounts.middleware import scope_of
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.tasks.facts import TaskMoved
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.testing.tests.desk import AT, open_round

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
TWO_COMMUNITIES = ("4111.02.001.001", "4111.03.001.001")


@dataclass
class Receiver:
    url: str
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            there.got.append((dict(self.headers), body))
            self.send_response(there.status)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Receiver(f"http://127.0.0.1:{server.server_port}/in")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield there
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def receivers(settings, receiver) -> None:
    settings.WEBHOOK_RECEIVERS = [receiver.url.removesuffix("/in")]


def desk(path: str) -> Post:
    unit = Unit.objects.get(path=path)
    user = add_user(username=f"desk-{path}", name="子虚云", at=NOW)
    return give_post(user=user, role=Role.COUNTY_DESK, unit=unit, scope=None, by="system:test", at=NOW, days=30)


@pytest.fixture
def county(transactional_db) -> Post:
    with in_scope(system_scope("test")):
        reference.ensure()
        return desk("4111.02")


def open_one(path: str) -> None:
    unit = Unit.objects.get(path=path)
    task = NewTask(
        kind="verification",
        unit=unit.pk,
        subject=None,
        giver_path="4111",
        handed_over_at=NOW,
        due_at=NOW + timedelta(hours=24),
        rule="verification@test",
        exercise=False,
    )
    open_tasks([task], by="system:test", at=LATER, causes=[None])


def open_in_both() -> None:
    with in_scope(system_scope("test")):
        for path in TWO_COMMUNITIES:
            open_one(path)


def queue(count: int, *, at: datetime = LATER) -> int:
    """Queue what is new until so many were; a transaction of anybody on the server holds the journal's end back."""
    queued, patience = queue_new_facts(at=at), 400
    while queued < count and patience:
        threading.Event().wait(0.02)
        queued, patience = queued + queue_new_facts(at=at), patience - 1
    return queued


def test_a_county_hears_of_its_own_tasks_signed_and_in_public_numbers(county, receiver, receivers):
    scope = scope_of(county)
    with in_scope(scope):
        made = subscribe(scope=scope, url=receiver.url, events=["task.opened"], by=scope.name, at=NOW)
    open_in_both()

    queued = queue(1)
    arrived = deliver_due(at=LATER)

    assert (queued, arrived) == (1, 1)
    [(headers, body)] = receiver.got
    event = json.loads(body)
    assert event["type"] == "task.opened"
    assert event["data"]["unit"] == "4111.02.001.001"
    assert set(event["data"]) == {"task", "unit"}
    stamp, _, mac = headers["Shali-Signature"].partition(",v1=")
    signed = f"{stamp.removeprefix('t=')}.".encode() + body
    assert mac == hmac.new(made.secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Shali-Event"] == str(event["id"])


def test_the_same_fact_is_queued_once_however_often_the_job_runs(county, receiver, receivers):
    scope = scope_of(county)
    with in_scope(scope):
        subscribe(scope=scope, url=receiver.url, events=["task.opened"], by=scope.name, at=NOW)
    open_in_both()

    assert [queue(1), queue(0), queue(0)] == [1, 0, 0]
    assert [deliver_due(at=LATER) for _ in range(3)] == [1, 0, 0]


def test_a_fact_whose_transaction_ends_late_is_not_missed(county, receiver, receivers):
    scope = scope_of(county)
    with in_scope(scope):
        subscribe(scope=scope, url=receiver.url, events=["task.opened"], by=scope.name, at=NOW)
    may_end, has_begun = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with in_scope(system_scope("test")):
                open_one("4111.02.001.001")
                has_begun.set()
                may_end.wait(10)
        finally:
            connection.close()

    slow = threading.Thread(target=late)
    slow.start()
    has_begun.wait(10)
    with in_scope(system_scope("test")):
        open_one("4111.02.001.002")  # begins later, ends earlier
    first = queue_new_facts(at=LATER)
    may_end.set()
    slow.join()
    second = queue(2 - first)

    assert first + second == 2


def test_what_was_taken_back_is_never_told(county, receiver, receivers):
    scope = scope_of(county)
    with in_scope(scope):
        subscribe(scope=scope, url=receiver.url, events=["task.opened"], by=scope.name, at=NOW)
    with transaction.atomic():
        open_in_both()
        transaction.set_rollback(True)

    assert queue_new_facts(at=LATER) == 0


def test_a_receiver_that_is_down_gets_it_when_it_is_back(county, receiver, receivers):
    scope = scope_of(county)
    with in_scope(scope):
        subscribe(scope=scope, url=receiver.url, events=["task.opened"], by=scope.name, at=NOW)
    open_in_both()
    queue(1)
    receiver.status = 503

    down = deliver_due(at=LATER)
    too_early = deliver_due(at=LATER + timedelta(seconds=9))
    receiver.status = 204
    back = deliver_due(at=LATER + timedelta(seconds=10))

    assert (down, too_early, back) == (0, 0, 1)
    assert len(receiver.got) == 2
    assert receiver.got[0][0]["Shali-Event"] == receiver.got[1][0]["Shali-Event"]


def test_a_receiver_that_is_gone_is_given_up_after_eight_tries_and_may_be_asked_again(county, receiver, receivers):
    scope = scope_of(county)
    with in_scope(scope):
        made = subscribe(scope=scope, url=receiver.url, events=["task.opened"], by=scope.name, at=NOW)
    open_in_both()
    queue(1)
    receiver.status, at = 500, LATER
    for _ in range(12):
        deliver_due(at=at)
        at += timedelta(hours=17)

    with in_scope(scope):
        given_up = Delivery.objects.get()
        deliver_again(scope=scope, subscription=made.public_id, number=given_up.fact_id, at=at)
    receiver.status = 200

    assert (given_up.state, given_up.tries, given_up.answer) == (DeliveryState.GIVEN_UP, 8, "500")
    assert deliver_due(at=at) == 1


def test_a_task_that_moves_away_is_told_to_its_new_county_alone(county, receiver, receivers):
    with in_scope(system_scope("test")):
        other = desk("4111.03")
        open_one("4111.02.001.001")
    for post in (county, other):
        with in_scope(scope_of(post)):
            subscribe(scope=scope_of(post), url=receiver.url, events=["task.moved"], by=scope_of(post).name, at=NOW)
    with in_scope(system_scope("test")):
        from shali.foundation.tasks.models import Task

        moved = TaskMoved(Task.objects.get().pk, "verification", "4111.02.001.001", "4111.03.001.001")
        announce([moved], by="system:test", at=LATER)

    queue(1)

    with in_scope(system_scope("test")):
        assert [d.subscription.path for d in Delivery.objects.select_related("subscription")] == ["4111.03"]


def test_nobody_sees_or_ends_the_receiver_of_a_neighbour(county, receiver, receivers):
    with in_scope(system_scope("test")):
        neighbour = scope_of(desk("4111.03"))
    scope = scope_of(county)
    with in_scope(scope):
        made = subscribe(scope=scope, url=receiver.url, events=["task.opened"], by=scope.name, at=NOW)

    with in_scope(neighbour), pytest.raises(NotInScope):
        unsubscribe(scope=neighbour, subscription=made.public_id, by=neighbour.name, at=LATER)


@pytest.mark.django_db
def test_the_database_itself_hides_a_neighbours_receiver(county, as_web, receiver, receivers):
    scope = scope_of(county)
    with in_scope(scope):
        subscribe(scope=scope, url=receiver.url, events=["task.opened"], by=scope.name, at=NOW)

    with as_web(), in_scope(system_scope("test", "4111.03")):
        seen = Subscription.objects.count()

    assert seen == 0


def test_a_receiver_that_nobody_named_is_refused(county, receiver):
    scope = scope_of(county)

    with in_scope(scope), pytest.raises(WrongInput):
        subscribe(scope=scope, url=receiver.url, events=["task.opened"], by=scope.name, at=NOW)


def test_an_ended_receiver_hears_nothing_more(county, receiver, receivers):
    scope = scope_of(county)
    with in_scope(scope):
        made = subscribe(scope=scope, url=receiver.url, events=["task.opened"], by=scope.name, at=NOW)
    open_in_both()
    queue(1)
    with in_scope(scope):
        unsubscribe(scope=scope, subscription=made.public_id, by=scope.name, at=LATER)

    assert deliver_due(at=LATER) == 0
    assert receiver.got == []


def test_a_county_hears_of_its_round_in_public_numbers(county, receiver, receivers):
    scope = scope_of(county)
    with in_scope(scope):
        subscribe(scope=scope, url=receiver.url, events=["round.opened", "round.closed"], by=scope.name, at=NOW)
    made = open_round(7).round
    queue(1, at=AT)
    deliver_due(at=AT)

    [(_, body)] = receiver.got
    event = json.loads(body)
    assert (event["type"], event["data"]) == (
        "round.opened",
        {"round": made.public_id, "unit": made.path, "people": 7},
    )
