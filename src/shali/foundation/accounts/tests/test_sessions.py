"""Who is signed in, and with which posts, is read anew for each request; by one plain statement each."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shali.config import reference
from shali.foundation.accounts.models import Post, User
from shali.foundation.accounts.queries import active_posts
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now, start_exercise_at
from shali.foundation.jurisdictions.models import Unit

ME = "/me/"


@pytest.fixture
def post(db: None) -> Post:
    reference.ensure()
    user = add_user(username="desk", name="某丁", at=now())
    unit = Unit.objects.get(path="4111.02")
    return give_post(user=user, role=Role.COUNTY_DESK, unit=unit, scope=None, by="system:test", at=now())


@pytest.fixture
def signed_in(post: Post) -> Client:
    client = Client()
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_session_ends_with_its_shift_and_by_being_removed(signed_in: Client) -> None:
    assert signed_in.get(ME).status_code == 200
    with time_machine.travel(now() + timedelta(hours=12, minutes=1), tick=False):
        assert signed_in.get(ME).status_code == 302

    signed_in.session.flush()

    assert signed_in.get(ME).status_code == 302


def test_a_session_ends_by_the_real_clock_in_an_exercise(post: Post, settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.EXERCISE, settings.VAR = True, tmp_path
    start_exercise_at(now() - timedelta(days=1))
    client = Client()
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")

    with time_machine.travel(now() + timedelta(days=1, hours=13), tick=False):
        assert client.get(ME).status_code == 302


def test_the_posts_of_a_user_are_those_in_force_with_their_units(post: Post) -> None:
    at = now()
    [found] = active_posts(post.user_id, at=at)
    other = add_user(username="other", name="某戊", at=at)

    assert (found, found.unit.name, found.title) == (post, post.unit.name, post.title)
    assert active_posts(post.user_id, at=post.ends_at) == []
    assert active_posts(other.pk, at=at) == []
    Post.objects.filter(pk=post.pk).update(revoked_at=at, revoked_by="system:test")
    assert active_posts(post.user_id, at=at) == []
    Post.objects.filter(pk=post.pk).update(revoked_at=None, revoked_by="")
    User.objects.filter(pk=post.user_id).update(is_active=False)
    assert active_posts(post.user_id, at=at) == []


def test_who_asks_is_known_after_three_statements(signed_in: Client) -> None:
    signed_in.get(ME)
    with CaptureQueriesContext(connection) as asked:
        signed_in.get(ME)

    said = [one["sql"] for one in asked if "savepoint" not in one["sql"].lower()]
    tables = ("django_session", "accounts_user", "accounts_post", "set_config")
    assert [table in sql for table, sql in zip(tables, said, strict=False)] == [True] * 4
