"""Identifiers planted in many people are found nowhere but sealed, and on the pages of those who may see them.

`make survive` plants ten thousand (SHALI_CANARIES).
"""

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from shali.config import reference
from shali.config.testing.live import Live
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.intake.services.confirm import confirm_batch
from shali.foundation.intake.services.settle import settle_batch
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.people.rules import check_character
from shali.foundation.tasks.models import Task
from shali.verification.models import Channel, PushedList
from shali.verification.services.receive import HandOver, receive_list

MANY = int(os.environ.get("SHALI_CANARIES", "400"))
DESK = system_scope("test")
NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)
# A name, a number, a telephone and an address that nothing else in the world is written like.
CANARY = re.compile(
    rb"QZX\d{5}|411190197\d{9}[\dX]|(?<![0-9a-f])1439000\d{4}(?![0-9a-f])|\xe6\x9a\x97\xe5\x8f\xb7\xe5\xb7\xb7\d{5}"
)


def canary(number: int) -> str:
    first = f"4111901975{number // 900 % 12 + 1:02d}15{number % 900:03d}"
    return f"QZX{number:05d},{first}{check_character(first)},1439{number:07d},源汇区暗号巷{number:05d}号"


@pytest.fixture
def planted(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Live:
    with in_scope(DESK):
        reference.ensure()
    # Under another name than the folder that is searched: the file as it came is the sender's, not ours.
    path = tmp_path_factory.mktemp("sender") / "list.csv"
    path.write_text("\n".join(["姓名,身份证号,联系电话,现住址", *(canary(n) for n in range(MANY))]))
    said = HandOver(Channel.HOSPITAL, "例单位", "", MANY, NOW - timedelta(hours=1), "")
    with in_scope(DESK):
        one = receive_list(scope=DESK, path=path, file_name="QZX00000.csv", hand_over=said, by="post:1", at=NOW)
        confirm_batch(scope=DESK, batch=one.batch_public_id, by="post:1", at=NOW)
    settle_batch(batch=one.batch, at=NOW)
    path.unlink()
    return live


def post_of(role: Role, path: str) -> Post:
    unit = Unit.objects.get(path=path)
    user = add_user(username=f"{role.code}-{path}", name="贾宇村", at=now())
    return give_post(user=user, role=role, unit=unit, scope=None, by="system:test", at=now())


def test_canaries_are_in_no_file_no_log_no_dump(planted: Live) -> None:
    with connection.cursor() as cursor:
        cursor.execute("checkpoint")
    var = Path(planted.environment["SHALI_VAR"])
    found = {
        f"{path.relative_to(var)}: {hit.group()[:12]!r}"
        for path in sorted(var.rglob("*"))
        if path.is_file()
        if (hit := CANARY.search(path.read_bytes()))
    }
    from shali.config.postgres.binaries import binaries_for

    where = connection.settings_dict
    dump = subprocess.run(
        [binaries_for(None) / "pg_dump", f"--host={where['HOST']}", "--username=postgres", where["NAME"]],
        capture_output=True,
        check=True,
    ).stdout

    assert not found
    assert b"people_person" in dump
    assert CANARY.search(dump) is None


@pytest.mark.parametrize(
    ("role", "path"),
    [(Role.AUDITOR, "4111"), (Role.DEPARTMENT_DESK, "4111"), (Role.COMMUNITY_WORKER, "4111.03.001.001")],
)
def test_no_page_shows_a_canary_to_whoever_has_no_right_to_it(planted: Live, role: Role, path: str) -> None:
    with in_scope(DESK):
        post = post_of(role, path)
        task, person, pushed = Task.objects.first(), Person.objects.order_by("-id").first(), PushedList.objects.first()
        assert task is not None
        assert person is not None
        assert pushed is not None
        numbers = [task.public_id, person.public_id, pushed.public_id, pushed.batch.public_id if pushed.batch else ""]
    browser = Client()
    browser.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    addresses = ["/wall/", "/verification/", "/tasks/", "/audit/", "/units/", "/people/search/", "/verification/my/"]
    addresses += [f"/tasks/{numbers[0]}/", f"/people/{numbers[1]}/", f"/verification/lists/{numbers[2]}/"]
    addresses += [f"/intake/{numbers[3]}/", "/intake/reviews/", "/verification/anomalies/", "/tasks/department/"]

    shown = {address: browser.get(address).content for address in addresses}

    assert any(len(content) > 500 for content in shown.values())
    assert [address for address, content in shown.items() if CANARY.search(content)] == []


def test_a_desk_sees_masks_and_no_canary_in_its_lists(planted: Live) -> None:
    with in_scope(DESK):
        post = post_of(Role.CITY_DUTY, "4111")
        pushed, task, person = PushedList.objects.get(), Task.objects.first(), Person.objects.order_by("-id").first()
        assert pushed.batch is not None
        assert task is not None
        assert person is not None
    browser = Client()
    browser.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    addresses = [
        "/wall/",
        "/tasks/",
        "/verification/",
        f"/verification/lists/{pushed.public_id}/",
        f"/intake/{pushed.batch.public_id}/",
        f"/tasks/{task.public_id}/",
        f"/people/{person.public_id}/",
    ]

    shown = {address: browser.get(address) for address in addresses}

    assert {answer.status_code for answer in shown.values()} == {200}
    assert [address for address, answer in shown.items() if CANARY.search(answer.content)] == []
