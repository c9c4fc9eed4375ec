"""Zones of a round: own size of tubes, own hours; the innermost holds, and points follow."""

from datetime import timedelta

import pytest

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.testing.models import Expected, Round, Site
from shali.testing.queries.zones import zone_of, zones
from shali.testing.rules import EXEMPTIONS
from shali.testing.services.rounds import NotLawful
from shali.testing.services.sites import NewSite, add_site
from shali.testing.services.zones import NewZone, drop_zone, set_zone

from .desk import AT, COMMUNITY, DESK, Desk, open_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return open_round(6, pool_size=10)


def below(path: str) -> str:
    """Return a unit of the round in which the desk's own point does not lie."""
    return Unit.objects.filter(path__startswith=path + ".").exclude(path=COMMUNITY).order_by("path")[0].path


def point(desk: Desk, name: str, unit: str, size: int = 0) -> Site:
    new = NewSite(name=name, unit=unit, pool_size=size)
    return add_site(scope=DESK, made=desk.round.public_id, new=new, by=DESK.name, at=AT)


def zone(desk: Desk, unit: str, size: int, **hours: object) -> int:
    new = NewZone(unit, size, **hours)  # type: ignore[arg-type]  # hours by name
    return set_zone(scope=DESK, made=desk.round.public_id, new=new, by=DESK.name, at=AT)


def terms(site: Site) -> tuple[int, object, object]:
    site.refresh_from_db()
    return site.pool_size, site.opens_at, site.closes_at


def test_points_of_a_zone_take_its_size_and_hours_and_later_ones_begin_with_them(desk: Desk) -> None:
    row = desk.round
    begins, ends = row.starts_at + timedelta(hours=1), row.starts_at + timedelta(hours=3)
    with in_scope(DESK):
        inner = below(DESK.path)
        before, outside = point(desk, "甲点", inner), desk.site
        assert zone(desk, inner, 1, starts_at=begins, ends_at=ends) == 1
        after, own = point(desk, "乙点", inner), point(desk, "丙点", inner, 5)

        assert terms(before) == terms(after) == (1, begins, ends)
        assert terms(own) == (5, begins, ends)
        assert terms(outside) == (10, row.starts_at, row.ends_at)


def test_the_innermost_zone_holds_and_without_it_the_one_around(desk: Desk) -> None:
    with in_scope(DESK):
        inner = below(DESK.path)
        site = point(desk, "甲点", inner)
        zone(desk, DESK.path, 20)
        zone(desk, inner, 1)
        assert (terms(site)[0], terms(desk.site)[0]) == (1, 20)
        assert [(one.path, one.pool_size) for one in zones(DESK, desk.round.public_id)] == [(DESK.path, 20), (inner, 1)]
        drop_zone(scope=DESK, made=desk.round.public_id, unit=inner, by=DESK.name, at=AT)
        assert terms(site)[0] == 20
        drop_zone(scope=DESK, made=desk.round.public_id, unit=DESK.path, by=DESK.name, at=AT)
        assert (terms(site)[0], terms(desk.site)[0]) == (10, 10)


def test_a_zone_set_again_is_changed_and_counts_who_lives_there(desk: Desk) -> None:
    with in_scope(DESK):
        zone(desk, DESK.path, 5)
        zone(desk, DESK.path, 1)
        [row] = zones(DESK, desk.round.public_id)

    assert (row.pool_size, row.people, row.sampled, row.points, row.own_hours) == (1, 6, 0, 1, False)


def test_whoever_works_below_an_area_knows_the_zone_that_holds_there(desk: Desk) -> None:
    with in_scope(DESK):
        zone(desk, DESK.path, 1)
        inner = below(DESK.path)
    worker = Scope(path=inner, name="post:9")
    with in_scope(worker):
        assert zone_of(worker, Round.objects.get(pk=desk.round.pk), inner).pool_size == 1


@pytest.mark.parametrize(
    ("unit", "size", "hours"),
    [
        ("4111.03", 10, (None, None)),  # not of this round
        (DESK.path, 7, (None, None)),  # no such size
        (DESK.path, 10, (0, None)),  # one hour alone
        (DESK.path, 10, (3, 1)),  # ends before it begins
        (DESK.path, 10, (-1, 2)),  # begins before the round
    ],
)
def test_what_is_no_zone_is_refused(desk: Desk, unit: str, size: int, hours: tuple[int | None, int | None]) -> None:
    starts, ends = (None if one is None else desk.round.starts_at + timedelta(hours=one) for one in hours)
    with in_scope(DESK), pytest.raises(WrongInput):
        zone(desk, unit, size, starts_at=starts, ends_at=ends)


def test_a_closed_round_and_a_round_of_others_keep_their_zones(desk: Desk) -> None:
    elsewhere = Scope(path="4111.03", name="post:8")
    with in_scope(elsewhere), pytest.raises(NotInScope):
        zones(elsewhere, desk.round.public_id)
    with in_scope(DESK):
        with pytest.raises(WrongInput):
            drop_zone(scope=DESK, made=desk.round.public_id, unit=DESK.path, by=DESK.name, at=AT)
        Expected.objects.filter(round=desk.round).update(exempt=EXEMPTIONS[0], exempt_by=DESK.name, exempt_at=AT)
        Round.objects.filter(pk=desk.round.pk).update(state=3, closed_at=AT, closed_by=DESK.name)
        with pytest.raises(NotLawful):
            zone(desk, DESK.path, 1)
