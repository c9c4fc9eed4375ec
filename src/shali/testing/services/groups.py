"""Groups that come together: their people out of a file, and in each round their own hours at a point."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.intake.facts import RowSettled
from shali.foundation.intake.models import Row
from shali.foundation.intake.services.receive import receive_file
from shali.foundation.journal.announce import Announced
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.testing.models import Group, GroupFile, GroupMember, GroupTime, Site
from shali.testing.models.groups import GROUP_KINDS
from shali.testing.queries.areas import areas_of
from shali.testing.queries.find import group_in_scope, round_in_scope
from shali.testing.rules import RoundState
from shali.testing.rules.areas import is_of
from shali.testing.services.rounds import NotLawful

PURPOSE = "testing_group"


@dataclass(frozen=True, slots=True)
class Hours:
    """site: public number of the point where the group comes; '' for the one that covers its place."""

    starts_at: datetime
    ends_at: datetime
    site: str = ""


@transaction.atomic
def make_group(*, scope: Scope, name: str, kind: str, unit: str, by: str, at: datetime) -> Group:
    """Enter a group in a unit of the scope; its people come with a file.

    :raises WrongInput: name, kind or unit are wrong, or there is a group of this name in the unit
    """
    home = Unit.objects.filter(path=unit, closed_on=None).first()
    if not name.strip() or kind not in GROUP_KINDS or home is None or not scope.holds(home.path):
        raise WrongInput(_("Name the group, its kind, and the unit in which it lies."), fields={"name": "missing"})
    called = name.strip()[:60]
    if Group.objects.filter(path=home.path, name=called, closed_at=None).exists():
        raise WrongInput(_("There is a group of this name in this unit already."), fields={"name": "repeated"})
    return Group.objects.create(path=home.path, unit=home, kind=kind, name=called, made_at=at, made_by=by)


@transaction.atomic
def close_group(*, scope: Scope, group: str, by: str, at: datetime) -> None:
    """Let a group come no more; what it was stays on record."""
    row = group_in_scope(scope, group)
    Group.objects.filter(pk=row.pk, closed_at=None).update(closed_at=at, closed_by=by)


@transaction.atomic
def receive_group_file(*, scope: Scope, group: str, path: Path, file_name: str, by: str, at: datetime) -> str:
    """Store a file of a group's people as it came; they join when its columns are confirmed. Returns the batch.

    :raises NotLawful: the same file is another group's
    """
    row = group_in_scope(scope, group)
    received = receive_file(
        scope=scope,
        path=path,
        file_name=file_name,
        purpose=PURPOSE,
        sender=row.name,
        announced=None,
        handed_over_at=at,
        by=by,
        at=at,
    )
    if GroupFile.objects.filter(batch_id=received.batch).exclude(group=row).exists():
        raise NotLawful(_("The same file is that of another group."))
    GroupFile.objects.get_or_create(batch_id=received.batch, defaults={"group": row, "path": row.path})
    return received.public_id


def rows_join_groups(announced: Announced) -> None:
    """People of a group's file become its members. Caller: the reaction to settled rows."""
    facts: list[RowSettled] = list(announced.facts)
    with in_scope(system_scope("protocols")):
        for file in GroupFile.objects.filter(batch_id__in={fact.batch for fact in facts}).select_related("group"):
            people = [fact.person for fact in facts if fact.batch == file.batch_id]
            add_members(group=file.group, people=people, at=announced.at)


def take_back_files(announced: Announced) -> None:
    """Take those off a group whom an undone file alone had named. Caller: the reaction to BatchUndone."""
    with in_scope(system_scope("protocols")):
        for file in GroupFile.objects.filter(batch_id__in=[fact.batch for fact in announced.facts]):
            others = GroupFile.objects.filter(group=file.group_id).exclude(pk=file.pk).values("batch_id")
            named = Row.objects.filter(batch_id__in=others, person__isnull=False).values("person_id")
            alone = Row.objects.filter(batch_id=file.batch_id, person__isnull=False).exclude(person_id__in=named)
            gone = GroupMember.objects.filter(
                group=file.group_id, left_at=None, person_id__in=alone.values("person_id")
            )
            gone.update(left_at=announced.at, left_by="system:protocols")


def add_members(*, group: Group, people: Sequence[int], at: datetime) -> int:
    """Put people into a group; who had left it is of it again. Returns how many are new in it."""
    had = dict(GroupMember.objects.filter(group=group, person_id__in=people).values_list("person_id", "left_at"))
    GroupMember.objects.filter(group=group, person_id__in=people).exclude(left_at=None).update(left_at=None, left_by="")
    fresh = [person for person in dict.fromkeys(people) if person not in had]
    GroupMember.objects.bulk_create(
        [GroupMember(group=group, path=group.path, person_id=person, joined_at=at) for person in fresh],
        batch_size=2_000,
    )
    return len(fresh)


@transaction.atomic
def take_off(*, scope: Scope, group: str, members: Sequence[int], by: str, at: datetime) -> int:
    """Take people off a group who are of it no more. Returns how many."""
    row = group_in_scope(scope, group)
    here = GroupMember.objects.filter(group=row, pk__in=members, left_at=None)
    return here.update(left_at=at, left_by=by)


@transaction.atomic
def set_hours(*, scope: Scope, made: str, group: str, hours: Hours, by: str, at: datetime) -> GroupTime:
    """Say when, and where, a group comes in a round; said again, it is changed.

    :raises WrongInput: the hours lie outside the round's, or the point is not of this round
    :raises NotLawful: the round or the group is closed
    """
    row, coming = round_in_scope(scope, made), group_in_scope(scope, group)
    if row.state == RoundState.CLOSED or coming.closed_at is not None:
        raise NotLawful(_("This round, or this group, is closed."))
    if not is_of(coming.path, areas_of(scope, row)):
        raise NotInScope
    if not row.starts_at <= hours.starts_at < hours.ends_at <= row.ends_at:
        raise WrongInput(_("The hours of a group lie within those of its round."), fields={"starts_at": "outside"})
    site = None
    if hours.site:
        site = Site.objects.filter(round=row, public_id=hours.site, closed_at=None).first()
        if site is None:
            raise WrongInput(_("Choose an open point of this round."), fields={"site": "missing"})
    return GroupTime.objects.update_or_create(
        round=row,
        group=coming,
        defaults={
            "path": coming.path,
            "starts_at": hours.starts_at,
            "ends_at": hours.ends_at,
            "site": site,
            "set_at": at,
            "set_by": by,
        },
    )[0]
