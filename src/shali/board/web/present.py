"""What the wall says, decided before the template: rows, links, findings in words."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from shali.board.queries.figures import Board, Figures, UnitLine
from shali.board.rules import CITY_STEPS_IN, SILENT, Finding, Line, findings
from shali.foundation.clocks import city_zone, day_of
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.rules import AGE_BANDS
from shali.foundation.ui.formats import day, hour, is_chinese, num, share, span


class Links:
    """Addresses of the rows behind a number; empty where this post may not see them."""

    def __init__(self, scope: Scope, at: datetime) -> None:
        self.day = day_of(at)
        try:
            self.desk = reverse("tasks:desk") if "see_tasks" in scope.verbs else ""
        except NoReverseMatch:
            self.desk = ""

    def to(self, path: str, which: str, **more: object) -> str:
        if not self.desk:
            return ""
        return f"{self.desk}?{urlencode({'which': which, 'unit': path, **more})}"


def short_name(name: str, name_en: str) -> str:
    """Return a unit's name as the wall says it: the zone by its short name, like everybody in the city."""
    if name_en.endswith("Economic Development Zone"):
        return _("Economic Zone")
    return name if is_chinese() else name_en.removesuffix(" District").removesuffix(" County") or name


def line_name(line: UnitLine) -> str:
    if line.kind == "own":
        return _("Own desk")
    if line.kind == "gone":
        return _("Former units")
    return short_name(line.name, line.name_en)


def unit_row(line: UnitLine, links: Links, at: datetime, key: int = 0) -> dict[str, Any]:
    """Return one row of the table by unit."""
    now = line.now
    longest = at - now.oldest_due if now.oldest_due else timedelta(0)
    is_child = line.kind == "child"

    def to(which: str) -> str:
        return links.to(line.path, which) if is_child else ""

    return {
        "line": line,
        "id": line.path if is_child else f"{line.path}-{line.kind}",
        "name": line_name(line),
        "href": reverse("board:unit", args=[line.path]) if is_child else "",
        "key": key if is_child and key <= 9 else 0,
        "now": now,
        "change": now.open - line.before.open,
        "change_size": abs(now.open - line.before.open),
        "beyond": longest > CITY_STEPS_IN,
        "longest": span(longest) if now.oldest_due else "—",
        "share": share(now.within_24, now.whole_24),
        "share_before": share(line.before.within_24, line.before.whole_24),
        "silent": silent_words(now, at),
        "open_href": to("open"),
        "overdue_href": to("overdue"),
        "two_hours_href": to("next_two_hours"),
        "not_accepted_href": to("not_accepted"),
        "blocked_href": to("blocked"),
    }


def silent_words(now: Figures, at: datetime) -> str:
    """Say since when nobody was closed or accepted in a unit with open people; empty while there is news."""
    if not now.open:
        return ""
    if now.last_word is None:
        return _("nothing accepted yet")
    return _("silent since %(hour)s") % {"hour": hour(now.last_word)} if at - now.last_word > SILENT else ""


def found_words(board: Board) -> list[dict[str, str]]:
    """Return what the meeting is asked to decide, each finding with a proposal."""
    names = {line.path: line_name(line) for line in board.lines}
    lines = [
        Line(
            path=line.path,
            open=line.now.open,
            open_before=line.before.open,
            overdue=line.now.overdue,
            longest=board.at - line.now.oldest_due if line.now.oldest_due else timedelta(0),
            two_hours=line.now.two_hours,
            not_accepted=line.now.not_accepted,
        )
        for line in board.lines
        if line.kind == "child"
    ]
    return [_found(finding, names[finding.path]) for finding in findings(lines)]


def _found(finding: Finding, name: str) -> dict[str, str]:
    said = {"unit": name, "number": num(finding.number), "longest": span(finding.longest)}
    finding_words, proposal = {
        "overdue_beyond": (
            _("%(unit)s: %(number)s overdue, longest %(longest)s"),
            _("City sends verifiers tonight"),
        ),
        "overdue": (
            _("%(unit)s: %(number)s overdue, longest %(longest)s"),
            _("Clear the overdue first"),
        ),
        "two_hours": (
            _("%(unit)s: %(number)s due within 2 hours"),
            _("Remind each, ask for help"),
        ),
        "not_accepted": (
            _("%(unit)s: %(number)s not accepted yet"),
            _("Accept or return in 30 min"),
        ),
        "growing": (
            _("%(unit)s: %(number)s more open than yesterday"),
            _("Say how many hands are short"),
        ),
    }[finding.kind]
    return {"kind": finding.kind, "words": finding_words % said, "proposal": proposal}


def curve_title(now: Figures, before: Figures) -> str:
    """Return the finding that is the curve's title."""
    change = now.closed - before.closed
    said = {"number": num(abs(change))}
    if change > 0:
        return _("%(number)s more closed than yesterday") % said
    if change < 0:
        return _("%(number)s fewer closed than yesterday") % said
    return _("As many closed as yesterday by now")


def age_rows(board: Board) -> list[dict[str, Any]]:
    """Return the open by age since the hand-over, each with yesterday's and the length of its bar."""
    most = max(*board.now.ages, *board.before.ages, 1)
    rows = []
    for (low, high), now, before in zip(AGE_BANDS, board.now.ages, board.before.ages, strict=True):
        words = _("%(low)s to %(high)s h") if high else _("over %(low)s h")
        label = words % {"low": low, "high": high}
        said = _("%(age)s: %(number)s") % {"age": label, "number": num(now)}
        rows.append({"label": label, "words": said, "now": now, "before": before, "width": round(360 * now / most)})
    return rows


def date_words(at: datetime) -> str:
    """8月10日 星期三, or 10 Aug Wednesday."""
    here = at.astimezone(city_zone())
    weekdays = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return f"{day(here)} {weekdays[here.weekday()]}"
