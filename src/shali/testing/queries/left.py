"""Who of a round has not been sampled, and who is under any other word: by unit, each with why he is in the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.ui.paging import COUNTED_AT_MOST, PAGE, Page
from shali.testing.models import Expected, Round, TakenBack
from shali.testing.queries.find import round_in_scope
from shali.testing.queries.tallies import how_many, units_with
from shali.testing.rules import Standing

LEFT = Q(standing=Standing.NOT_SAMPLED, exempt="", missing="", guest=False, same_as=None)
WHICH = {
    "left": LEFT,
    "all": Q(guest=False),
    "sampled": Q(guest=False) & ~Q(standing=Standing.NOT_SAMPLED),
    "exempt": Q(standing=Standing.NOT_SAMPLED, guest=False, same_as=None) & ~Q(exempt=""),
    "merged": Q(guest=False, same_as__isnull=False),
    "missing": Q(standing=Standing.NOT_SAMPLED, guest=False, exempt="", same_as=None) & ~Q(missing=""),
    "guests": Q(guest=True) & ~Q(standing=Standing.NOT_SAMPLED),
    "awaiting": Q(standing=Standing.AWAITING),
    "retest": Q(standing=Standing.RETEST),
    "resample": Q(standing=Standing.RESAMPLE),
    "negative": Q(standing=Standing.NEGATIVE),
    "positive": Q(standing=Standing.POSITIVE),
}
# The same words, said of the sums.
SUMMED = {
    "left": Q(guest=False, state=Standing.NOT_SAMPLED, word=""),
    "all": Q(guest=False),
    "sampled": Q(guest=False) & ~Q(state=Standing.NOT_SAMPLED),
    "exempt": Q(guest=False, state=Standing.NOT_SAMPLED, word="exempt"),
    "merged": Q(guest=False, word="merged"),
    "missing": Q(guest=False, state=Standing.NOT_SAMPLED, word="missing"),
    "guests": Q(guest=True) & ~Q(state=Standing.NOT_SAMPLED),
    "awaiting": Q(state=Standing.AWAITING),
    "retest": Q(state=Standing.RETEST),
    "resample": Q(state=Standing.RESAMPLE),
    "negative": Q(state=Standing.NEGATIVE),
    "positive": Q(state=Standing.POSITIVE),
}


@dataclass(frozen=True, slots=True)
class TakenBackRow:
    """The last exemption of a line that was taken back: for what it was, and why, by whom and when it ended."""

    exempt: str
    why: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    id: int
    person: Masked | None
    unit: str
    unit_en: str
    path: str
    standing: int
    guest: bool
    sampled_at: datetime | None
    exempt: str
    missing: str
    taken_back: TakenBackRow | None


def left_page(
    scope: Scope,
    made: str,
    which: str,
    *,
    unit: str = "",
    own: bool = False,
    lines: Sequence[int] | None = None,
    at: datetime,
    after: int = 0,
) -> Page[ExpectedRow]:
    """Return people of a round under a word of WHICH, unit by unit; counted up to 10,000.

    own: only those who live in the unit itself, in none below it; lines: only these, by the numbers of their lines;
    after: the line behind which the page begins
    """
    row = round_in_scope(scope, made)
    area = scope.part(unit)
    rows = Expected.objects.filter(WHICH[which], within(area), round=row)
    begin = _home_of(row, area, after) if after else ""
    if lines is None:
        # Where people stand is in no index, so that a sample changes none (`models.Expected`): the sums say where.
        rows = rows.filter(path__in=units_with(scope, row.pk, area, SUMMED[which], own=own, first=begin, most=PAGE + 1))
        total = how_many(scope, row.pk, area, SUMMED[which], own=own)
    else:
        rows = rows.filter(pk__in=lines)
        total = len(lines)
    behind = rows.filter(Q(path__gt=begin) | Q(path=begin, pk__gt=after)) if begin else rows
    found = list(behind.order_by("path", "id")[: PAGE + 1])
    people = masked_many(scope, [one.person_id for one in found[:PAGE]], on=day_of(at))
    units = {one.path: one for one in Unit.objects.filter(path__in={one.path for one in found})}
    ended = _taken_back([one.pk for one in found[:PAGE]])
    shown = [
        ExpectedRow(
            one.pk,
            people.get(one.person_id),
            units[one.path].name if one.path in units else "",
            units[one.path].name_en if one.path in units else "",
            one.path,
            one.standing,
            one.guest,
            one.sampled_at,
            one.exempt,
            one.missing,
            ended.get(one.pk),
        )
        for one in found[:PAGE]
    ]
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return Page(shown, 1, len(shown), min(total, COUNTED_AT_MOST + 1), more, is_first=not begin)


def lines_left(scope: Scope, row: Round, area: str, *, most: int) -> QuerySet[Expected]:
    """Return the lines of those left in an area; of `most` people or fewer, looked for in their units alone."""
    lines = Expected.objects.filter(LEFT, within(area), round=row)
    if how_many(scope, row.pk, area, SUMMED["left"]) > most:
        return lines
    return lines.filter(path__in=units_with(scope, row.pk, area, SUMMED["left"], most=most))


def _home_of(row: Round, area: str, line: int) -> str:
    """Return the path of a line of a round; '' where the area has none of that number."""
    found = Expected.objects.filter(within(area), round=row, pk=line).values_list("path", flat=True)
    return found.first() or ""


def _taken_back(lines: Sequence[int]) -> dict[int, TakenBackRow]:
    rows = TakenBack.objects.filter(line__in=lines).order_by("at", "id")
    return {one.line_id: TakenBackRow(one.exempt, one.why, one.by, one.at) for one in rows}
