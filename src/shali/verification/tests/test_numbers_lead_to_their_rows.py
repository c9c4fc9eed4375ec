"""Every number on the desk's pages leads to exactly the rows that it counts."""

import re
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.test import Client

from shali.config import reference
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.tasks.models import Task
from shali.verification.models import ListEntry, ListState, PushedList
from shali.verification.queries.entries import filtered
from shali.verification.queries.lists import figures_and_first
from shali.verification.rules import Fact
from shali.verification.services.endings import close_with_four_facts

from .desk import HANDED_OVER, WORKER, enrol_three, establish, push

LINK = re.compile(r'<a[^>]*href="([^"]*which=[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
CHOSEN = re.compile(r"<tr[^>]*data-href=")


@pytest.fixture
def desk(db, settings, tmp_path) -> Client:
    """A list of three: one struck off, one with two facts, one that the city answers for itself."""
    with in_scope(system_scope("test")):
        reference.ensure()
    enrol_three()
    at = now()
    push(tmp_path, hours_later=(at - HANDED_OVER) / timedelta(hours=1) - 20)
    first, second, third = Task.objects.filter(kind="verification").order_by("id")
    establish(first, at=at)
    close_with_four_facts(scope=WORKER, task=first.public_id, seen=None, by=WORKER.name, at=at)
    establish(second, facts=(Fact.COUNTED, Fact.IDENTIFIED), at=at)
    city = Unit.objects.get(path="4111")
    Task.objects.filter(pk=third.pk).update(unit=city, path=city.path)
    user = add_user(username="duty", name="甄隐", at=at)
    post = give_post(user=user, role=Role.CITY_DUTY, unit=city, scope=None, by="system:test", at=at - timedelta(days=1))
    client = Client()
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("start", ["/verification/", "list", "/tasks/"])
def test_every_number_of_a_page_has_as_many_rows_behind_it(desk, start):
    address = f"/verification/lists/{ListEntry.objects.first().pushed_list.public_id}/" if start == "list" else start
    page = desk.get(address, follow=True)
    assert page.status_code == 200

    followed, wrong = 0, []
    for href, inside in LINK.findall(page.content.decode()):
        words = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", inside, flags=re.DOTALL)
        numbers = re.findall(r"\d[\d,]*", words)
        if not numbers:
            continue
        target = urljoin(page.request["PATH_INFO"], href.replace("&amp;", "&"))
        if "which=" in href and href.startswith("?"):
            target = page.request["PATH_INFO"] + href.replace("&amp;", "&")
        rows = len(CHOSEN.findall(desk.get(target).content.decode()))
        followed += 1
        if rows != int(numbers[-1].replace(",", "")):
            wrong.append(f"{target}: says {numbers[-1]}, {rows} rows")

    assert followed >= {"/verification/": 1, "list": 15, "/tasks/": 5}[start]
    assert not wrong, "\n".join(wrong)


def test_a_county_that_is_asked_already_opens_a_list_that_is_still_handed_out(desk):
    """Rows are handed out some thousands at a time; the file is the city's and not the county's to look at."""
    pushed = ListEntry.objects.first().pushed_list
    PushedList.objects.filter(pk=pushed.pk).update(state=ListState.IN_PREPARATION)
    asked = Task.objects.filter(kind="verification").order_by("id").first()
    county = Unit.objects.get(path=".".join(asked.path.split(".")[:2]))
    user = add_user(username="county", name="甄县", at=now())
    at = now() - timedelta(days=1)
    post = give_post(user=user, role=Role.COUNTY_DESK, unit=county, scope=None, by="system:test", at=at)
    client = Client()
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(f"/verification/lists/{pushed.public_id}/")

    assert page.status_code == 200
    assert not re.search(r"/intake/\w{12}/", page.content.decode())


def test_the_first_page_that_comes_with_the_sums_is_the_page_that_is_asked_for_alone(desk):
    open_ones = list(Task.objects.filter(kind="verification").exclude(state=3).order_by("id"))
    Task.objects.filter(pk=open_ones[1].pk).update(due_at=open_ones[0].due_at - timedelta(hours=1))
    scope, at = system_scope("test"), now()

    with in_scope(scope):
        figures, first = figures_and_first(scope, ListEntry.objects.first().pushed_list.public_id, at=at)
        asked = filtered(scope, at=at, which="open", pushed_list=figures.id).order_by("due_at", "id")

        assert first == [open_ones[1].pk, open_ones[0].pk]
        assert first == list(asked.values_list("pk", flat=True))
