"""Groups that come together: who is of them, when they come in a round, and how many of them were sampled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.ui.paging import COUNTED_AT_MOST, PAGE, Page, mark, page_in_order, read_mark
from shali.testing.models import Expected, Group, GroupFile, GroupMember, GroupTime
from shali.testing.queries.areas import areas_of, within_any
from shali.testing.queries.find import group_in_scope, round_in_scope
from shali.testing.rules import Standing

ORDER = {"overdue": 0, "now": 1, "to_come": 2, "none": 3, "done": 4}
LEFT = Q(standing=Standing.NOT_SAMPLED, exempt="", missing="", same_as=None)
# Parts of a group in a round; its people on the roster = sampled + excused + left.
PARTS = {
    "roster": Q(),
    "sampled": ~Q(standing=Standing.NOT_SAMPLED),
    "excused": Q(standing=Standing.NOT_SAMPLED) & ~LEFT,
    "left": LEFT,
}


@dataclass(frozen=True, slots=True)
class GroupRow:
    public_id: str
    kind: str
    name: str
    unit: str
    unit_en: str
    path: str
    people: int
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupCame:
    """A group in one round. people: of it and on the roster; left: not sampled, exempt or missing by name.

    stands: overdue (its hours are over and somebody is left), now, to_come, done, none where it has no hours.
    """

    group: GroupRow
    starts_at: datetime | None
    ends_at: datetime | None
    site: str
    site_name: str
    people: int
    sampled: int
    excused: int
    left: int
    stands: str


@dataclass(frozen=True, slots=True)
class CameAll:
    """A page of a round's groups, and how many stand under each word of ORDER."""

    page: Page[GroupCame]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """standing: in the round that was asked for; None where he is not on its roster, or lives outside the scope."""

    id: int
    person: Masked | None
    standing: int | None
    joined_at: datetime


def groups(scope: Scope, *, after: str = "") -> Page[GroupRow]:
    """Return a page of the groups of a scope that come, by their units and names."""
    rows = Group.objects.filter(within(scope.path), closed_at=None)
    total = rows[: COUNTED_AT_MOST + 1].count()
    place = read_mark(after)
    # A name stands in no address: the place is the number of a group, which is never taken away.
    last = Group.objects.filter(within(scope.path), pk=place[1]).first() if place else None
    if last is not None:
        behind = Q(path=last.path, name=last.name, pk__gt=last.pk) | Q(path=last.path, name__gt=last.name)
        rows = rows.filter(behind | Q(path__gt=last.path))
    found = list(_counted(rows).order_by("path", "name", "id")[: PAGE + 1])
    before = place[2] if place and last else 0
    shown = found[:PAGE]
    return Page(
        rows=[_group(one) for one in shown],
        first=before + 1 if shown else 0,
        last=before + len(shown),
        total=total if total <= COUNTED_AT_MOST else None,
        next=mark(shown[-1].made_at, shown[-1].pk, before + len(shown)) if len(found) > PAGE else "",
        is_first=last is None,
    )


def one_group(scope: Scope, group: str) -> GroupRow:
    """Return one group.

    :raises NotInScope: there is none here
    """
    return _group(_counted(Group.objects.all()).get(pk=group_in_scope(scope, group).pk))


def files_of(scope: Scope, group: str) -> list[str]:
    """Return the public numbers of a group's files, the newest first."""
    rows = GroupFile.objects.filter(group=group_in_scope(scope, group)).order_by("-id")
    return list(rows.values_list("batch__public_id", flat=True)[:20])


def group_of_batch(scope: Scope, batch: int) -> Group | None:
    """Return the group whose file a batch is."""
    found = GroupFile.objects.filter(within(scope.path), batch_id=batch).select_related("group").first()
    return found.group if found else None


def groups_of_round(scope: Scope, testing_round: str, which: str = "all", *, at: datetime, after: str = "") -> CameAll:
    """Return a page of how the groups of a round's area stand: whose hours are over and who is not through on top.

    which: a word of ORDER, or all
    """
    found = _all_of_round(scope, testing_round, at)
    rows = [one for one in found if which in ("all", one.stands)]
    counts = {word: sum(one.stands == word for one in found) for word in ORDER}
    return CameAll(page_in_order(rows, _place, after), counts)


def _place(one: GroupCame) -> str:
    ends = f"{one.ends_at:%Y%m%d%H%M%S}" if one.ends_at else "9"
    return f"{ORDER[one.stands]}~{ends}~{one.group.path}~{one.group.public_id}"


def _all_of_round(scope: Scope, testing_round: str, at: datetime) -> list[GroupCame]:
    row = round_in_scope(scope, testing_round)
    here = Group.objects.filter(within(scope.path), within_any(scope, areas_of(scope, row)), closed_at=None)
    found = list(_counted(here).order_by("path", "name", "id"))
    times = {one.group_id: one for one in GroupTime.objects.filter(round=row).select_related("site")}
    with in_scope(system_scope("testing")):  # numbers alone: people of a group live anywhere in the city
        counts = {one["group"]: one for one in _came(row.pk, [one.pk for one in found])}
    return sorted((_came_row(one, times.get(one.pk), counts.get(one.pk, {}), at) for one in found), key=_place)


def members_page(
    scope: Scope, group: str, *, testing_round: str = "", which: str = "", at: datetime, after: int = 0
) -> Page[MemberRow]:
    """Return the people of a group, with where they stand in a round; which: one of PARTS of the round, or all."""
    row = group_in_scope(scope, group)
    made = round_in_scope(scope, testing_round) if testing_round else None
    rows = GroupMember.objects.filter(group=row, left_at=None, pk__gt=after)
    expected = Expected.objects.filter(round=made) if made else Expected.objects.none()
    if made and which:
        theirs = expected.filter(PARTS[which], guest=False, person__testing_groups__group=row)
        with in_scope(system_scope("testing")):  # people of a group live anywhere in the city
            rows = rows.filter(person__in=list(theirs.values_list("person_id", flat=True)))
    found = list(rows.order_by("id")[: PAGE + 1])
    shown = found[:PAGE]
    people = masked_many(scope, [one.person_id for one in shown], on=day_of(at))
    standing = dict(expected.filter(person__in=[one.person_id for one in shown]).values_list("person_id", "standing"))
    lines = [MemberRow(one.pk, people.get(one.person_id), standing.get(one.person_id), one.joined_at) for one in shown]
    more = str(shown[-1].pk) if len(found) > PAGE else ""
    return Page(lines, 1, len(lines), None, more, is_first=not after)


def _counted(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    return rows.select_related("unit").annotate(n=Count("members", filter=Q(members__left_at=None)))


def _group(one: Any) -> GroupRow:
    return GroupRow(
        public_id=one.public_id,
        kind=one.kind,
        name=one.name,
        unit=one.unit.name,
        unit_en=one.unit.name_en,
        path=one.path,
        people=one.n,
        closed_at=one.closed_at,
    )


def _came(made: int, groups: list[int]) -> list[dict[str, int]]:
    """Count each group's people on the roster of a round; one query for any number of groups."""
    theirs = Q(person__testing_groups__group__in=groups, person__testing_groups__left_at=None)
    rows = Expected.objects.filter(theirs, round_id=made, guest=False).values(group=F("person__testing_groups__group"))
    return list(
        rows.annotate(
            people=Count("pk"),
            sampled=Count("pk", filter=PARTS["sampled"]),
            left=Count("pk", filter=PARTS["left"]),
        ).order_by()
    )


def _came_row(one: Any, time: GroupTime | None, counts: dict[str, int], at: datetime) -> GroupCame:
    people, sampled, left = (counts.get(name, 0) for name in ("people", "sampled", "left"))
    return GroupCame(
        group=_group(one),
        starts_at=time.starts_at if time else None,
        ends_at=time.ends_at if time else None,
        site=time.site.public_id if time and time.site else "",
        site_name=time.site.name if time and time.site else "",
        people=people,
        sampled=sampled,
        excused=people - sampled - left,
        left=left,
        stands=_stands(time, people, left, at),
    )


def _stands(time: GroupTime | None, people: int, left: int, at: datetime) -> str:
    if people and not left:
        return "done"
    if time is None:
        return "none"
    if at > time.ends_at:
        return "overdue"
    return "now" if at >= time.starts_at else "to_come"
