"""A round's staff: what its points need beside who stands there, and what is called up meanwhile."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shali.board.queries.staffed import Post, staff_view
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.ui.refusal import NotInScope
from shali.staffing.models import Call
from shali.staffing.queries.calls import own_address
from shali.staffing.services.calls import NewCallUp, answer_call, call_up
from shali.staffing.services.shifts import NewShift, enter_worker, give_shift
from shali.testing.models import Cover, Site
from shali.testing.queries.needs import needs_of_round
from shali.testing.services.sites import NewSite, add_site
from shali.testing.tests.desk import AT, DESK, Desk, open_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return open_round(20)


def worker(kind: str) -> str:
    last = date(2022, 12, 31)
    return enter_worker(
        scope=DESK, name="乌有", kind=kind, unit=DESK.path, trained_until=last, by="x", at=AT
    ).public_id  # fmt: skip


def posts(desk: Desk, hours: float = 0) -> list[list[Post]]:
    view = staff_view(DESK, desk.round.public_id, in_heat=True, at=AT + timedelta(hours=hours))
    (site,) = view.sites.rows
    return [list(line.posts) for line in site.shifts]


def test_each_shift_of_a_point_says_who_is_needed_who_stands_there_and_who_is_missing(desk: Desk) -> None:
    with in_scope(DESK):
        new = NewShift(worker("sampler"), desk.site.public_id, AT, AT + timedelta(hours=4))
        give_shift(scope=DESK, new=new, by="x", at=AT)

        first, second, third = posts(desk)

        assert first == [Post("sampler", 1, 1, 0, 0), Post("registrar", 1, 0, 1, 0)]
        assert second == third == [Post("sampler", 1, 0, 1, 0), Post("registrar", 1, 0, 1, 0)]
        assert staff_view(DESK, desk.round.public_id, in_heat=True, at=AT).missing == 5
        # The first shift is over and misses nobody any more.
        later = staff_view(DESK, desk.round.public_id, in_heat=True, at=AT + timedelta(hours=5))
        assert (later.needed, later.missing) == (4, 4)


def test_who_is_called_is_said_until_he_accepts_and_then_stands_there(desk: Desk) -> None:
    starts_at, ends_at = AT + timedelta(hours=4), AT + timedelta(hours=8)
    with in_scope(DESK):
        one = worker("registrar")
        new = NewCallUp(desk.site.public_id, "甲点", "registrar", starts_at, ends_at, 1, desk.round.public_id)
        row = call_up(scope=DESK, new=new, workers=(), by="x", at=AT)
        assert posts(desk)[1][1] == Post("registrar", 1, 0, 1, 1)
        assert staff_view(DESK, desk.round.public_id, in_heat=True, at=AT + timedelta(hours=1)).overdue == 1
        key, call = own_address(DESK, one), Call.objects.get(call_up=row).public_id
    answer_call(own_page=key, call=call, answer="accepted", at=AT)
    with in_scope(DESK):
        assert posts(desk)[1][1] == Post("registrar", 1, 1, 0, 0)


def test_staff_of_a_round_asks_as_many_questions_however_many_points(desk: Desk) -> None:
    def asked() -> int:
        with in_scope(DESK), CaptureQueriesContext(connection) as found:
            staff_view(DESK, desk.round.public_id, in_heat=True, at=AT)
        return len(found)

    before = asked()
    with in_scope(DESK):
        for name in ("乙点", "丙点"):
            add_site(scope=DESK, made=desk.round.public_id, new=NewSite(name, DESK.path), by="x", at=AT)

    assert asked() == before <= 7


def test_another_township_sees_nothing_of_it(desk: Desk) -> None:
    stranger = Scope(path="4111.02.002", name="post:2")
    with in_scope(stranger), pytest.raises(NotInScope):
        staff_view(stranger, desk.round.public_id, in_heat=True, at=AT)


def test_a_city_of_two_thousand_points_is_counted_by_unit_and_not_by_point(desk: Desk) -> None:
    """More points than a statement has columns: whoever lives at one of them is counted for no other."""
    with in_scope(DESK):
        site = desk.site
        cover = Cover.objects.get(site=site)
        more = [
            Site(
                round=site.round, unit=site.unit, path=site.path, name=f"点{n}", opens_at=site.opens_at,
                closes_at=site.closes_at, tables=1, pool_size=site.pool_size,
            )
            for n in range(2_000)
        ]  # fmt: skip
        Site.objects.bulk_create(more)
        Cover.objects.bulk_create(
            [Cover(round=site.round, site=one, path=f"{cover.path}.n{n}") for n, one in enumerate(more)]
        )

        with CaptureQueriesContext(connection) as asked:
            needs = needs_of_round(DESK, desk.round.public_id, at=AT)

    assert len(needs) == 2_001
    assert sorted(one.people for one in needs)[-2:] == [0, 20]
    assert len(asked) < 12


def more_points(desk: Desk, many: int) -> list[Site]:
    """Add points that cover nobody, and need nobody but a desk each."""
    site = desk.site
    more = [
        Site(
            round=site.round, unit=site.unit, path=site.path, name=f"点{n}", opens_at=site.opens_at,
            closes_at=site.closes_at, tables=1, pool_size=site.pool_size,
        )
        for n in range(many)
    ]  # fmt: skip
    return Site.objects.bulk_create(more)


def test_a_thousand_points_come_in_pages_overdue_answers_on_top_and_each_once(desk: Desk) -> None:
    later = AT + timedelta(hours=1)
    with in_scope(DESK):
        made = more_points(desk, 999)
        worker("registrar")
        new = NewCallUp(
            made[500].public_id, "点500", "registrar", AT + timedelta(hours=4), AT + timedelta(hours=8), 1,
            desk.round.public_id,
        )  # fmt: skip
        call_up(scope=DESK, new=new, workers=(), by="x", at=AT)
        stands = NewShift(worker("sampler"), made[7].public_id, AT + timedelta(hours=4), AT + timedelta(hours=8))
        give_shift(scope=DESK, new=stands, by="x", at=AT)

        seen, after, asked = [], "", 0
        while not seen or after:
            with CaptureQueriesContext(connection) as found:
                view = staff_view(DESK, desk.round.public_id, in_heat=True, at=later, after=after)
            assert len(view.sites.rows) <= 50
            assert view.sites.total == 1_000
            asked = max(asked, len(found))
            seen += [one.need.site for one in view.sites.rows]
            after = view.sites.next

    assert seen[0] == made[500].public_id
    assert seen[-1] == made[7].public_id  # the least missing
    assert len(seen) == len(set(seen)) == 1_000
    assert asked <= 8
    assert (view.overdue, view.calls, len(view.late)) == (1, 1, 1)


def test_the_page_of_a_thousand_points_shows_fifty_and_leads_to_the_others(desk: Desk, client: Client) -> None:
    with in_scope(DESK):
        more_points(desk, 999)
    unit = Unit.objects.get(path=DESK.path)
    user = add_user(username="desk", name="甄隐", at=AT, language="zh-hans")
    post = give_post(
        user=user, role=Role.TOWNSHIP_DESK, unit=unit, scope=None, by="system:test", at=now() - timedelta(days=1)
    )
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/testing/rounds/{desk.round.public_id}/staff/"

    page = client.get(address).content.decode()

    assert page.count('aria-labelledby="site') == 50
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
    again = client.get(address + unescape(following)).content.decode()
    assert again.count('aria-labelledby="site') == 50
    assert client.get(f"{address}?show=calls").content.decode().count('aria-labelledby="site') == 0
