"""The chain and the curve show the rows: generations, edges, days, counts, and nothing outside the picture."""

from datetime import date, timedelta

import pytest

from shali.foundation.jurisdictions.scope import in_scope
from shali.tracing.models import Case
from shali.tracing.queries.chain import chain_graphml, chain_view, clusters, not_moved_by_case
from shali.tracing.queries.curve import curve_view
from shali.tracing.services.cases import link_source
from shali.tracing.web.draw.chain import draw_chain
from shali.tracing.web.draw.curve import draw_curve
from shali.tracing.web.draw.folded import draw_folded

from .desk import AT, CITY, a_case, contacts_of, met, people, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> list[Case]:
    """Make four cases: the first infected the second and the third, the third the fourth; the third has contacts."""
    ready()
    who = people(7)
    cases = [a_case(who[n], onset=date(2022, 8, 2 + 2 * n)) for n in range(4)]
    for below, above in ((1, 0), (2, 0), (3, 2)):
        with in_scope(CITY):
            link_source(
                scope=CITY, case=cases[below].public_id, source=cases[above].public_id, certainty="proven",
                basis="付款记录", seen=None, by=CITY.name, at=AT,
            )  # fmt: skip
    contacts_of(cases[2], who[4:], met(date(2022, 8, 7)))
    return cases


def test_the_chain_is_who_infected_whom(chain: list[Case]) -> None:
    with in_scope(CITY):
        view = chain_view(CITY, at=AT)

        ids = [one.public_id for one in chain]
        assert {(edge.source, edge.target) for edge in view.edges} == {
            (ids[0], ids[1]), (ids[0], ids[2]), (ids[2], ids[3]),
        }  # fmt: skip
        by_id = {node.public_id: node for node in view.nodes}
        assert [by_id[one].generation for one in ids] == [0, 1, 1, 2]
        assert [by_id[one].offspring for one in ids] == [2, 0, 1, 0]
        assert [by_id[one].contacts for one in ids] == [0, 0, 3, 0]
        assert view.way_to(ids[3]) == (ids[0], ids[2], ids[3])
        [one] = clusters(CITY, view)
        assert (one.first.public_id, one.cases, one.generations, one.contacts) == (ids[0], 4, 3, 3)
        [waiting] = not_moved_by_case(CITY)
        assert (waiting.case, waiting.people, waiting.due_at) == (ids[2], 3, AT + timedelta(hours=8))


def test_the_picture_holds_every_case_in_its_lane_and_later_days_to_the_right(chain: list[Case]) -> None:
    with in_scope(CITY):
        view = chain_view(CITY, at=AT)
    drawing = draw_chain(view, chosen=chain[3].public_id)

    assert len(drawing.boxes) == 4
    assert len(drawing.lines) == 3
    assert all(0 <= box.x <= drawing.width - 110 and 0 <= box.y <= drawing.height for box in drawing.boxes)
    by_day = sorted(drawing.boxes, key=lambda box: box.node.day)
    assert [box.x for box in by_day] == sorted(box.x for box in drawing.boxes)
    assert len({(box.x, box.y) for box in drawing.boxes}) == 4
    assert {box.node.public_id for box in drawing.boxes if box.is_way} == {
        chain[0].public_id, chain[2].public_id, chain[3].public_id,
    }  # fmt: skip
    assert [lane.people[:1] for lane in drawing.lanes] == ["1", "2", "1"]


def test_folded_each_cluster_is_a_bar_from_its_first_day_to_its_last_and_opens_by_itself(chain: list[Case]) -> None:
    alone = a_case(people(1, start=90)[0], onset=date(2022, 8, 1))
    with in_scope(CITY):
        view = chain_view(CITY, at=AT)
        found = clusters(CITY, view)
    drawing = draw_folded(found)
    large, single = drawing.bars

    assert (large.cluster.first.public_id, single.cluster.first.public_id) == (chain[0].public_id, alone.public_id)
    assert (large.cluster.begins, large.cluster.ends) == (date(2022, 8, 2), date(2022, 8, 8))
    assert single.x < large.x
    assert single.height < large.height
    assert drawing.left_out == (0, 0)
    only = view.only(chain[0].public_id)
    assert {node.public_id for node in only.nodes} == {one.public_id for one in chain}
    assert (len(only.edges), only.contacts) == (3, view.contacts)


def test_graphml_names_no_person(chain: list[Case]) -> None:
    with in_scope(CITY):
        text = chain_graphml(CITY, at=AT)

    assert text.count("<node ") == 4
    assert text.count("<edge ") == 3
    assert "乌" not in text


@pytest.mark.parametrize(("by", "first"), [("onset", date(2022, 8, 2)), ("report", AT.date())])
def test_the_curve_counts_each_case_once_in_class_and_county(chain: list[Case], by: str, first: date) -> None:
    with in_scope(CITY):
        view = curve_view(CITY, by=by, at=AT)

    daily = view.daily
    assert daily is not None
    assert daily.first == first
    assert sum(daily.all) + daily.undated == 4
    assert [sum(day) for day in zip(*daily.by_class.values(), strict=True)] == list(daily.all)
    assert [sum(day) for day in zip(*(row[2] for row in daily.by_county.values()), strict=True)] == list(daily.all)
    assert view.pairs.intervals == 3
    assert view.pairs.interval_mean == pytest.approx((2 + 4 + 2) / 3)
    drawing = draw_curve(view)
    assert drawing is not None
