"""Which division an address names, also after the tree has changed under it."""

from datetime import datetime, timedelta, timezone

import pytest

from shali.config import reference
from shali.foundation.jurisdictions.models import ChangeKind, Unit
from shali.foundation.jurisdictions.scope import Scope, system_scope
from shali.foundation.jurisdictions.services.changes import Proposal, apply_due_changes, approve_change, propose_change
from shali.foundation.places.gazetteer import Gazetteer, Place, Resolved
from shali.foundation.places.queries import gazetteer

AT = datetime(2022, 8, 10, 9, 0, tzinfo=timezone(timedelta(hours=8)))
CITY = Scope("4111", "post:1")

PLACES = (
    Place("c", "漯河市", 1, "1"),
    Place("a", "东区", 2, "1.1"),
    Place("b", "西区", 2, "1.2"),
    Place("a1", "河上街道", 3, "1.1.1"),
    Place("b1", "柳林镇", 3, "1.2.1"),
    Place("a11", "桃园社区", 4, "1.1.1.1"),
    Place("b11", "桃园社区", 4, "1.2.1.1"),
    Place("b12", "石桥村", 4, "1.2.1.2"),
)


@pytest.mark.parametrize(
    ("address", "code", "ambiguous"),
    [
        ("漯河市西区柳林镇石桥村6组", "b12", ()),
        ("石桥村委会", "b12", ()),
        ("东区桃园社区3号楼", "a11", ()),
        ("柳林镇石桥", "b12", ()),
        ("桃园社区3号楼", None, ("a11", "b11")),
        ("漯河市桃园社区", "c", ("a11", "b11")),
        ("河上办事处光明路", "a1", ()),
        ("郑州市金水区桃园社区", None, ()),
    ],
)
def test_deepest_division_by_every_name_that_people_write(
    address: str, code: str | None, ambiguous: tuple[str, ...]
) -> None:
    found = Gazetteer(PLACES).resolve(address)

    assert (found.code, found.ambiguous) == (code, ambiguous)
    assert found.outside is address.startswith("郑州")


def test_a_list_is_read_as_each_of_its_addresses_alone() -> None:
    resolve = Gazetteer(PLACES).for_many()
    doors = (
        "柳林镇石桥3号",
        "柳林镇石桥17号2单元",
        "桃园社区3号楼",
        "桃园社区12号楼",
        "河上办事处光明路5号",
        "郑州市金水区桃园社区1号",
    )

    for address in doors:
        assert resolve(address) == Gazetteer(PLACES).resolve(address)


def test_a_number_in_the_name_of_a_place_tells_it_from_others() -> None:
    numbered = [Place("c", "漯河市", 1, "c")] + [Place(f"p{n}", f"第{n}社区", 4, f"c.p{n}") for n in (1, 2)]
    resolve = Gazetteer(numbered).for_many()

    assert [resolve(f"漯河市第{n}社区7号").code for n in (1, 2)] == ["p1", "p2"]


@pytest.fixture
def tree(db: None) -> None:
    reference.ensure()


def _change(kind: ChangeKind, unit: Unit, **rest: str) -> None:
    asked = Proposal(unit=unit.path, kind=kind, effective_on=AT.date(), basis="漯政〔2022〕17号", **rest)
    change = propose_change(scope=CITY, asked=asked, by="post:1", at=AT, person=1)
    approve_change(scope=CITY, change=change.pk, by="post:2", at=AT, person=2)
    assert apply_due_changes(on=AT.date(), at=AT) == 1


def _resolve(*names: str) -> Resolved:
    return gazetteer(system_scope("test")).resolve("".join(names))


def _community() -> tuple[Unit, Unit, Unit]:
    """Return a community whose name only it bears, its township, and its county."""
    for unit in Unit.objects.filter(level=4, path__startswith="4111.02.").order_by("id"):
        if _resolve(unit.name).code == unit.code:
            township = Unit.objects.get(pk=unit.parent_id)
            return unit, township, Unit.objects.get(pk=township.parent_id)
    raise AssertionError("every name is borne twice")


@pytest.mark.usefixtures("tree")
def test_a_renamed_division_is_found_by_its_new_name_and_by_its_old_one() -> None:
    unit, township, _ = _community()

    _change(ChangeKind.RENAME, unit, name="新曙光社区")

    assert _resolve(township.name, "新曙光社区2号楼").code == unit.code
    assert _resolve(township.name, unit.name, "2号楼").code == unit.code


@pytest.mark.usefixtures("tree")
def test_a_moved_township_takes_its_communities_along_under_both_counties() -> None:
    unit, township, county = _community()
    other = Unit.objects.get(path="4111.03")

    _change(ChangeKind.MOVE, township, parent=other.path)

    assert _resolve(other.name, township.name, unit.name).code == unit.code
    assert _resolve(county.name, township.name, unit.name).code == unit.code


@pytest.mark.usefixtures("tree")
def test_what_a_closed_division_was_called_leads_to_its_heir() -> None:
    unit, township, _ = _community()
    heir = Unit.objects.filter(parent=township).exclude(pk=unit.pk)[0]

    _change(ChangeKind.CLOSE, unit, successor=heir.path)

    assert _resolve(township.name, unit.name, "5组").code == heir.code
