"""Every page asks a fixed number of questions, however many rows the city has."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shali.config.city import work
from shali.config.city.make import make
from shali.config.city.plan import Size
from shali.foundation.accounts.models import Post
from shali.foundation.clocks import now
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task
from shali.foundation.tasks.services.stood import keep_yesterday
from shali.verification.models import PushedList

# page -> who opens it, and how many statements that takes: sign-in, scope, savepoints and frame included
PINNED = {
    "/verification/": ("city-duty", 8),
    "/verification/lists/{list}/": ("city-duty", 13),
    "/verification/lists/{list}/?which=closed": ("county-desk", 12),
    "/verification/anomalies/": ("city-duty", 7),
    "/verification/my/": ("community-worker", 17),
    "/tasks/": ("city-duty", 14),
    "/tasks/?which=closed_today": ("township-desk", 14),
    "/tasks/{task}/": ("city-duty", 20),
    "/tasks/arbitration/": ("city-lead", 7),
    "/intake/reviews/": ("city-duty", 9),
    "/wall/": ("city-duty", 16),
    "/wall/evening/": ("city-duty", 17),
    "/units/": ("city-duty", 13),
    "/posts/": ("city-lead", 8),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("people", [6_000, 12_000])
def test_pages_ask_as_many_questions_as_are_written_here(settings: object, tmp_path: Path, people: int) -> None:
    settings.EXERCISE, settings.VAR = False, tmp_path  # type: ignore[attr-defined]
    work.forget()
    make(Size(people=people, tasks=people // 2, seed=7), processes=1)
    keep_yesterday(at=now())  # as the worker does every minute

    assert {page: _questions(page, who) for page, (who, _) in PINNED.items()} == {
        page: count for page, (_, count) in PINNED.items()
    }


def _questions(page: str, who: str) -> int:
    post = Post.objects.get(user__username=who)
    client = Client()
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    task = Task.objects.filter(path__startswith=post.path).exclude(state=3).order_by("id").first()
    address = page.format(
        list=PushedList.objects.latest("handed_over_at").public_id,
        task=task.public_id if task else "",
        person=Person.objects.filter(path__startswith=post.path).order_by("id").first().public_id,  # type: ignore[union-attr]
    )
    client.get(address)  # what is read once for a process is read
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, address
    return len(asked)
