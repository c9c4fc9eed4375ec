"""The page of receivers: named, heard of, looked through, delivered again, ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from shali.config.testing.live import Live
from shali.exchange.models import Delivery, DeliveryState, Subscription
from shali.exchange.services.subscribe import subscribe
from shali.foundation.accounts.middleware import scope_of
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.journal.models import Fact
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope

HOST = "https://records.city.example"
URL = f"{HOST}/in"


@pytest.fixture
def county(live: Live) -> Post:
    from shali.config import reference

    with in_scope(system_scope("test")):
        reference.ensure()
        user, unit = add_user(username="desk", name="甄隐", at=now()), Unit.objects.get(path="4111.02")
        return give_post(user=user, role=Role.COUNTY_DESK, unit=unit, scope=None, by="system:test", at=now(), days=30)


def _with_a_lost_event(post: Post) -> Subscription:
    scope = scope_of(post)
    with in_scope(scope):
        made = subscribe(scope=scope, url=URL, events=["task.opened"], by=scope.name, at=now())
    with in_scope(system_scope("test")):
        receiver = Subscription.objects.get(public_id=made.public_id)
        fact = Fact.objects.create(kind="TaskOpened", at=now(), by="system:test", payload={})
        Delivery.objects.create(
            subscription=receiver, path=post.path, fact=fact, state=DeliveryState.GIVEN_UP, due_at=now(), tries=8,
            answer="503",
        )  # fmt: skip
        return receiver


def test_a_lost_event_is_seen_delivered_again_and_the_receiver_ended(
    live: Live, page: Page, phone: Page, county: Post, settings, assert_accessible: Callable[[Page], None]
) -> None:
    settings.WEBHOOK_RECEIVERS = [HOST]
    receiver = _with_a_lost_event(county)
    live.sign_in(page, county)
    page.goto(f"{live.url}/me/programs/")
    page.get_by_role("link", name="外部系统接收端").click()
    assert_accessible(page)
    page.get_by_text("1条事件已放弃").wait_for()
    page.get_by_role("link", name=URL).click()
    assert_accessible(page)
    page.get_by_role("button", name="重新推送").click()
    page.get_by_text("下次尝试").wait_for()

    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.tries) == (DeliveryState.WAITING, 0)
    assert waiting.due_at > now() - timedelta(minutes=1)

    live.sign_in(phone, county)
    phone.goto(f"{live.url}/exchange/receivers/")
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="立即终止").click()
    phone.get_by_text("该接收端不再收到事件").wait_for()
    receiver.refresh_from_db()
    assert receiver.ended_by == scope_of(county).name


@pytest.mark.django_db(transaction=True)
def test_the_secret_of_a_new_receiver_is_shown_once_and_only_named_hosts_are_taken(
    client, county: Post, settings
) -> None:
    settings.WEBHOOK_RECEIVERS = [HOST]
    client.force_login(county.user, backend="django.contrib.auth.backends.ModelBackend")

    named = client.post("/exchange/receivers/add/", {"url": URL, "events": ["list.closed", "task.closed"]})
    refused = client.post(
        "/exchange/receivers/add/", {"url": "https://elsewhere.example/in", "events": ["list.closed"]}
    )

    kept = Subscription.objects.get()
    assert (named.status_code, kept.url, kept.events) == (200, URL, ["list.closed", "task.closed"])
    assert 'id="secret"' in named.content.decode()
    assert refused.status_code == 422
    assert HOST in client.get("/exchange/receivers/").content.decode()
