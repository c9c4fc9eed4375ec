"""Plans beside each other made ready: a row for each measure, the best of it, by how much the others are off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from shali.foundation.ui.formats import day_time, num
from shali.foundation.ui.formats import hour as hour_word
from shali.testing.queries.compare import Comparison, Hour, PlanColumn

BAR = 100.0


@dataclass(frozen=True, slots=True)
class Cell:
    """off: by how much it is worse than the best, in words; '' where it is the best or all are alike. bar: 0 to 100."""

    said: str
    off: str
    is_best: bool
    bar: float


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    differs: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class HourCell:
    """minutes: mean wait, '' where nobody comes; tone: 0 nobody, 1 to 3 by the wait, 4 beyond what the rule allows."""

    minutes: str
    people: int
    bar: float
    tone: int

    @property
    def top(self) -> float:
        return BAR - self.bar


@dataclass(frozen=True, slots=True)
class SiteHours:
    number: int
    name: str
    people: int
    tables: int
    wait_95: float
    cells: tuple[HourCell, ...]


@dataclass(frozen=True, slots=True)
class PlanHours:
    column: PlanColumn
    whole: tuple[HourCell, ...]
    sites: tuple[SiteHours, ...]


def measures(found: Comparison) -> list[Measure]:
    """Return the figures of all plans, less being better except of the share within the walk."""
    metres = lambda value: _("%(n)s metres") % {"n": num(round(value))}  # noqa: E731  # a unit behind a number
    minutes = lambda value: _("%(n)s min") % {"n": f"{value:.0f}"}  # noqa: E731
    rows: list[tuple[str, Callable[[PlanColumn], float], Callable[[float], str]]] = [
        (_("Points"), lambda one: one.row.sites, lambda value: num(round(value))),
        (_("Tables"), lambda one: one.desks, lambda value: num(round(value))),
        (_("Samplers and registrars"), lambda one: one.staff, lambda value: num(round(value))),
        (_("Mean walk"), lambda one: one.row.mean_walk_m, metres),
        (_("Longest walk"), lambda one: one.longest_m, metres),
        (_("People beyond the walk"), lambda one: 100 * max(0.0, 1 - one.row.within), lambda value: f"{value:.1f}%"),
        (_("95 of 100 wait"), lambda one: one.wait_95, minutes),
        (_("Worst hour of a point"), lambda one: one.slowest, minutes),
    ]
    found_rows = [_measure(name, [of(one) for one in found.columns], said) for name, of, said in rows]
    return [*found_rows, _finish(found), _gap(found)]


def _measure(name: str, values: list[float], said: Callable[[float], str]) -> Measure:
    least, most = min(values), max(values)
    differs = len({said(value) for value in values}) > 1
    cells = tuple(
        Cell(
            said(value),
            f"+{said(value - least)}" if differs and said(value) != said(least) else "",
            differs and said(value) == said(least),
            _bar(value, most),
        )
        for value in values
    )
    return Measure(name, differs, cells)


def _bar(value: float, most: float) -> float:
    return min(BAR, max(0.0, BAR * value / most)) if most > 0 else 0.0


def _finish(found: Comparison) -> Measure:
    first = min(one.done_at for one in found.columns)
    last = max(one.done_at for one in found.columns)
    begins = min(first, last) - timedelta(hours=12)
    differs = day_time(first) != day_time(last)
    cells = tuple(
        Cell(
            day_time(one.done_at),
            _later(one.done_at - first) if differs and day_time(one.done_at) != day_time(first) else "",
            differs and day_time(one.done_at) == day_time(first),
            _bar((one.done_at - begins) / (last - begins), 1.0),
        )
        for one in found.columns
    )
    return Measure(_("Done by"), differs, cells)


def _later(by: timedelta) -> str:
    return "+" + _("%(n)s min") % {"n": f"{by.total_seconds() / 60:.0f}"}


def _gap(found: Comparison) -> Measure:
    """Say how far each may be from the best plan with as many points."""
    gaps = [one.row.gap for one in found.columns]
    differs = len({f"{100 * one:.1f}" for one in gaps}) > 1
    most = max(gaps, default=0.0)
    cells = tuple(Cell(f"{100 * one:.1f}%", "", differs and one == min(gaps), _bar(one, most)) for one in gaps)
    return Measure(_("From the best at most"), differs, cells)


def hour_names(found: Comparison, starts_at: datetime) -> list[str]:
    return [hour_word(starts_at + timedelta(hours=one)) for one in found.hours]


def by_hour(found: Comparison, allowed: float) -> list[PlanHours]:
    """Return the waits of each plan by hour and point, drawn on one scale. allowed: minutes that the rule gives."""
    waits = [wait for one in found.columns for site in one.sites for people, wait in site.hourly if people]
    most = max([*waits, 1.0])
    shown = []
    for one in found.columns:
        sites = tuple(
            SiteHours(
                site.number, site.name, site.people, site.tables, site.wait_95,
                tuple(_cell(_at(site.hourly, place), most, allowed) for place in found.hours),
            )
            for site in one.sites
        )  # fmt: skip
        whole = tuple(_cell(one.hours[n] if n < len(one.hours) else Hour(0, None), most, allowed) for n in found.hours)
        shown.append(PlanHours(one, whole, sites))
    return shown


def _at(hourly: tuple[tuple[int, float], ...], place: int) -> Hour:
    if place >= len(hourly) or not hourly[place][0]:
        return Hour(0, None)
    return Hour(*hourly[place])


def _cell(one: Hour, most: float, allowed: float) -> HourCell:
    if one.wait is None:
        return HourCell("", 0, 0.0, 0)
    tone = 4 if one.wait > allowed else 1 + min(2, int(3 * one.wait / max(allowed, 1.0)))
    return HourCell(f"{one.wait:.0f}", one.people, _bar(one.wait, most), tone)
