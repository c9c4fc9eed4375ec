"""Guests of a round, each beside whom of its roster he may be: masks, and what speaks for it; never a number."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from shali.foundation.accounts.queries import who
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.people.services.likely import likely
from shali.foundation.ui.paging import COUNTED_AT_MOST, PAGE, Page
from shali.testing.models import Expected, GuestAnswer
from shali.testing.queries.find import round_in_scope
from shali.testing.rules import Standing

WHICH = ("open", "same", "other")
MOST = 4  # lines of the roster beside a guest


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line of the roster that may be the guest's. reasons: codes of what speaks for it and against it."""

    line: int
    person: Masked | None
    unit: str
    unit_en: str
    standing: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuestRow:
    """line: his number in the round. answered: by whom and when; same_as: whom he turned out to be."""

    line: int
    person: Masked | None
    unit: str
    unit_en: str
    sampled_at: datetime | None
    candidates: tuple[Candidate, ...]
    answered_at: datetime | None
    answered_by: str
    same_as: Masked | None


def guests_page(scope: Scope, made: str, which: str = "open", *, at: datetime, after: int = 0) -> Page[GuestRow]:
    """Return a page of a round's guests, in the order in which they came: open, or answered: same, other.

    :raises NotInScope: there is no such round here
    """
    rows = _guests(scope, made, which)
    total = rows[: COUNTED_AT_MOST + 1].count()
    found = list(rows.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
    if after and not found:
        return guests_page(scope, made, which, at=at)  # what followed was answered meanwhile
    shown = found[:PAGE]
    lines = _open(scope, shown, at) if which == "open" else _answered(scope, shown, at)
    more = str(shown[-1].pk) if len(found) > PAGE else ""
    counted = total if total <= COUNTED_AT_MOST else None
    return Page(lines, 1 if shown else 0, len(shown), counted, more, is_first=not after)


def guests_counted(scope: Scope, made: str) -> dict[str, int]:
    """Count a round's guests under each word of WHICH, each up to 10,000 and one."""
    return {which: _guests(scope, made, which)[: COUNTED_AT_MOST + 1].count() for which in WHICH}


def lines_like(scope: Scope, guests: list[Expected]) -> dict[int, list[tuple[Expected, tuple[str, ...]]]]:
    """Return for each guest, by his line, the lines of the roster in the scope that may be his, the likeliest first."""
    if not guests:
        return {}
    with in_scope(system_scope("testing")):  # a guest may be anybody of the city; only lines of the scope leave here
        alike = likely([one.person_id for one in guests], most=4 * MOST)
    people = {one.person for several in alike.values() for one in several}
    roster = Expected.objects.filter(within(scope.path), round=guests[0].round_id, guest=False, person__in=people)
    line_of = {one.person_id: one for one in roster}
    return {
        guest.pk: [
            (line_of[one.person], one.reasons) for one in alike.get(guest.person_id, ()) if one.person in line_of
        ][:MOST]
        for guest in guests
    }


def _guests(scope: Scope, made: str, which: str) -> "QuerySet[Expected]":
    row = round_in_scope(scope, made)
    rows = Expected.objects.filter(within(scope.path), round=row, guest=True)
    answers = GuestAnswer.objects.filter(undone_at=None)
    if which == "open":
        return rows.exclude(standing=Standing.NOT_SAMPLED).exclude(pk__in=answers.values("guest"))
    return rows.filter(pk__in=answers.filter(same_as__isnull=which == "other").values("guest"))


def _open(scope: Scope, shown: list[Expected], at: datetime) -> list[GuestRow]:
    alike = lines_like(scope, shown)
    theirs = [line for several in alike.values() for line, _reasons in several]
    people = masked_many(scope, [one.person_id for one in (*shown, *theirs)], on=day_of(at))
    units = {one.path: one for one in Unit.objects.filter(path__in={one.path for one in (*shown, *theirs)})}
    rows = []
    for one in shown:
        candidates = tuple(
            Candidate(
                line.pk, people.get(line.person_id), *_named(units, line.path), line.standing, reasons
            )
            for line, reasons in alike[one.pk]
        )  # fmt: skip
        named = _named(units, one.path)
        rows.append(GuestRow(one.pk, people.get(one.person_id), *named, one.sampled_at, candidates, None, "", None))
    return rows


def _answered(scope: Scope, shown: list[Expected], at: datetime) -> list[GuestRow]:
    answers = GuestAnswer.objects.filter(guest__in=shown, undone_at=None).select_related("same_as", "merge")
    of_guest = {one.guest_id: one for one in answers}
    lost = {one.guest_id: one.merge.lost_id for one in answers if one.merge}
    same = {one.guest_id: one.same_as.person_id for one in answers if one.same_as}
    own = {one.pk: lost.get(one.pk, one.person_id) for one in shown}
    people = masked_many(scope, [*own.values(), *same.values()], on=day_of(at))
    units = {one.path: one for one in Unit.objects.filter(path__in={one.path for one in shown})}
    names = who([one.decided_by for one in answers])
    rows = []
    for one in shown:
        said = of_guest[one.pk]
        by = names[said.decided_by].name if said.decided_by in names else said.decided_by
        rows.append(
            GuestRow(
                one.pk, people.get(own[one.pk]), *_named(units, one.path), one.sampled_at, (), said.decided_at, by,
                people.get(same.get(one.pk, 0)),
            )
        )  # fmt: skip
    return rows


def _named(units: dict[str, Unit], path: str) -> tuple[str, str]:
    return (units[path].name, units[path].name_en) if path in units else ("", "")
