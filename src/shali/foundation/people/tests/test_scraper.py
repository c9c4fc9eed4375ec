"""A clerk who scrapes is stopped at his day's budget, each time on record, and an auditor sees it at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from shali.config import reference
from shali.foundation.accounts.roles import Role
from shali.foundation.journal.chain import verify_chain
from shali.foundation.journal.models import AccessRecord
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.services import reveal as revealing
from shali.foundation.policy.rules import Number, number_of_role

from .conftest import HERE, NOW, enrol, post_at

LIMIT, TRIES = 10, 50


@pytest.fixture
def limit_of_ten(monkeypatch):
    monkeypatch.setattr(revealing, "number_of_role", lambda name, role, at: Number(LIMIT, "test", "test", True))


def signed_in(post) -> Client:
    client = Client()
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(client: Client, person) -> int:
    given = {"field": ["phone"], "purpose": "contact_person"}
    return client.post(f"/people/{person.public_id}/show/", given).status_code


@pytest.mark.django_db(transaction=True)
def test_fifty_looks_at_once_show_ten_people_and_leave_a_record_each(limit_of_ten):
    with in_scope(system_scope("test")):
        reference.ensure()
        people = [enrol(n) for n in range(TRIES)]
        worker, auditor = post_at(HERE), post_at("4111", Role.AUDITOR)
    client, answers = signed_in(worker), []

    def look(person) -> None:
        try:
            one = Client()
            one.cookies = client.cookies
            answers.append(ask(one, person))
        finally:
            connection.close()

    threads = [threading.Thread(target=look, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200] * LIMIT + [429] * (TRIES - LIMIT)
    acts = list(AccessRecord.objects.filter(by=f"post:{worker.pk}").values_list("act", flat=True))
    assert (acts.count("reveal"), acts.count("refused")) == (LIMIT, TRIES - LIMIT)
    with in_scope(system_scope("test")):
        assert verify_chain().broken_at is None

    page = signed_in(auditor).get("/audit/").content.decode()
    assert '<a href="?act=refused" class="strong tone-overdue">40</a>' in page


@pytest.mark.django_db(transaction=True)
def test_the_next_day_begins_anew(limit_of_ten, settings):
    with in_scope(system_scope("test")):
        reference.ensure()
        people, worker = [enrol(n) for n in range(LIMIT + 1)], post_at(HERE)
    client = signed_in(worker)
    assert [ask(client, person) for person in people] == [200] * LIMIT + [429]
    left = revealing.looks_left(scope=system_scope("test"), at=NOW + timedelta(days=1))
    assert left == LIMIT


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "limit"), [("community_worker", 120), ("county_desk", 300), ("department_desk", 100)])
def test_each_role_has_its_budget(role, limit):
    assert number_of_role("reveal_persons_per_day", role, NOW).value == limit
