"""The people of a round under each word, page by page: whom a recount finds; and what a sample costs the roster."""

import random

import pytest
from django.db import connection, transaction

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.testing.models import Expected
from shali.testing.queries.left import SUMMED, WHICH, left_page
from shali.testing.rules import Outcome, Standing

from .desk import AT, Desk, a_laboratory, a_result, fill, hand_in, open_round, work_off
from .test_merged import merged

pytestmark = pytest.mark.django_db
CITY = Scope(path="4111", name="post:9")
HOMES = ("4111.02", "4111.02.001", "4111.02.001.001", "4111.02.001.002", "4111.02.003", "4111.03.001.001")
PEOPLE = 240


def stand_anywhere(line: Expected, draw: random.Random) -> None:
    """Let somebody stand anywhere but cleared, which nobody is without a sample."""
    line.guest = draw.random() < 0.1
    line.standing = draw.choice([one for one in Standing if one is not Standing.NEGATIVE])
    line.sampled_at = AT if line.standing else None
    if draw.random() < 0.3:
        line.exempt, line.exempt_by, line.exempt_at = "medical", "test", AT
    if draw.random() < 0.3:
        line.missing, line.missing_by, line.missing_at = "refused", "test", AT


@pytest.fixture
def desk() -> Desk:
    """Return a round whose people live at every level of the tree and stand anywhere, drawn with a seed."""
    desk = open_round(PEOPLE, unit="4111")
    fill(device := desk.device(), "T1", range(4))
    device.send(AT)
    work_off()
    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))
    merged(desk, kept=4, lost=5)
    draw = random.Random(9)
    with in_scope(system_scope("test")):
        for one in Expected.objects.filter(round=desk.round).order_by("id"):
            one.path = draw.choice(HOMES)
            if one.person_id not in desk.people[:6]:
                stand_anywhere(one, draw)
            one.save()
    return desk


def pages_of(scope: Scope, desk: Desk, which: str, unit: str, *, own: bool) -> tuple[list[int], int | None]:
    """Return the lines of a list by its pages, and how many it said there are."""
    found: list[int] = []
    after = 0
    with in_scope(scope):
        while True:
            page = left_page(scope, desk.round.public_id, which, unit=unit, own=own, at=AT, after=after)
            found += [one.id for one in page.rows]
            after = int(page.next or 0)
            if not after:
                return found, page.total


@pytest.mark.parametrize(("unit", "own"), [("", False), ("4111.02", False), ("4111.02", True), ("4111.02.001", False)])
def test_the_pages_of_each_word_hold_whom_a_recount_finds(desk: Desk, unit: str, own: bool) -> None:
    area = unit or "4111"
    for which, condition in WHICH.items():
        found, total = pages_of(CITY, desk, which, unit, own=own)
        with in_scope(CITY):
            lines = Expected.objects.filter(condition, round=desk.round).order_by("path", "id")
            wanted = [
                one.pk for one in lines
                if one.path == area or (not own and one.path.startswith(area + "."))
            ]  # fmt: skip
        assert found == wanted, which
        assert total == len(wanted), which
        assert found or unit, which


def test_every_word_has_its_sums() -> None:
    assert SUMMED.keys() == WHICH.keys()


def test_a_sample_changes_no_index_of_the_roster() -> None:
    desk = open_round(20)
    with transaction.atomic():
        before = rewritten()
        fill(device := desk.device(), "T1", range(10))
        device.send(AT)
        work_off()
        changed, in_place = (now - then for now, then in zip(rewritten(), before, strict=True))
    assert changed == in_place > 0


def rewritten() -> tuple[int, int]:
    """Count the lines of rosters that were rewritten, and those in place; what was done just before counts as well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select n_tup_upd, n_tup_hot_upd from pg_stat_xact_user_tables where relname = 'testing_expected'"
        )
        changed, in_place = cursor.fetchone()
    return changed, in_place
