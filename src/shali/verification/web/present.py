"""Rows and figures made ready for the pages: words, addresses, shapes of charts. No query, no decision."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shali.foundation.tasks.rules import clock_state
from shali.foundation.ui.formats import is_chinese, num
from shali.verification.queries import words
from shali.verification.queries.lists import ListFigures, ListRow
from shali.verification.queries.worker import WorkerRow
from shali.verification.rules import ANSWERS, Fact


@dataclass(frozen=True, slots=True)
class Term:
    label: str
    value: int
    sign: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """A number as the sum that it is. off_by: what is missing; 0 balances."""

    what: str
    terms: tuple[Term, ...]
    off_by: int
    verdict: str


def identity(what: str, terms: tuple[Term, ...]) -> Identity:
    """The first term must equal the sum of the others; if it does not, the verdict says by how much."""
    off_by = terms[0].value - sum(term.value for term in terms[1:])
    verdict = _("Balances") if off_by == 0 else _("Off by %(n)s") % {"n": num(abs(off_by))}
    return Identity(what, terms, off_by, verdict)


class Titled(Protocol):
    """What a list's title is made of."""

    @property
    def sender(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def number(self) -> int: ...


def list_title(row: Titled) -> str:
    if is_chinese():
        return f"{row.sender}{row.day.month}月{row.day.day}日第{row.number}批"
    return _("%(sender)s, %(day)s, list %(number)d") % {
        "sender": row.sender,
        "day": f"{row.day:%d %b}".lstrip("0"),
        "number": row.number,
    }


def list_identities(figures: ListFigures) -> list[Identity]:
    page = reverse("verification:list", args=[figures.public_id])
    batch = reverse("intake:batch", args=[figures.batch]) if figures.batch else ""
    rows = identity(
        _("Every row has an end"),
        (
            Term(_("Rows received"), figures.received, href=batch),
            Term(_("people"), figures.people_new, "=", f"{batch}?state=people"),
            Term(_("repeated in the file"), figures.duplicates, "+", f"{batch}?state=duplicate"),
            Term(_("known from another list"), figures.already_known, "+", f"{batch}?state=already_known"),
            Term(_("rejected with a reason"), figures.rejected, "+", f"{batch}?state=rejected"),
            Term(_("waiting for review"), figures.doubtful, "+", f"{batch}?state=doubtful"),
        ),
    )
    people = identity(
        _("Every person has a result"),
        (
            Term(_("People"), figures.people, href=f"{page}?which=all"),
            Term(_("struck off"), figures.closed, "=", f"{page}?which=closed"),
            Term(_("open"), figures.open, "+", f"{page}?which=open"),
        ),
    )
    return [rows, people]


def announced_line(figures: ListFigures) -> tuple[str, bool]:
    """Say how the sender's number and ours compare, and whether they agree."""
    if figures.announced is None:
        return _("The sender announced no number."), True
    ours, theirs = figures.received, figures.announced
    if ours == theirs:
        return _("The sender announced %(n)s; %(n)s rows came.") % {"n": num(ours)}, True
    if ours < theirs:
        text = _("The sender announced %(theirs)s; %(ours)s rows came: %(by)s too few.")
    else:
        text = _("The sender announced %(theirs)s; %(ours)s rows came: %(by)s too many.")
    return text % {"theirs": num(theirs), "ours": num(ours), "by": num(abs(ours - theirs))}, False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a server-drawn chart, in SVG units."""

    label: str
    value: int
    y: int
    width: int
    state: str
    href: str


def age_bars(figures: ListFigures) -> list[Bar]:
    widest = max((band.people for band in figures.bands), default=0) or 1
    page = reverse("verification:list", args=[figures.public_id])
    bars = []
    for place, band in enumerate(figures.bands):
        label = f"{band.from_hours}–{band.to_hours}" if band.to_hours else _("over %(n)d") % {"n": band.from_hours}
        bars.append(
            Bar(
                label,
                band.people,
                8 + place * 46,
                round(200 * band.people / widest),
                band.state,
                f"{page}?which=open&hours={band.from_hours}",
            )
        )
    return bars


def fact_bars(figures: ListFigures) -> list[dict[str, object]]:
    page = reverse("verification:list", args=[figures.public_id])
    return [
        {
            "label": words.FACTS_SHORT[place],
            "value": value,
            "missing": figures.people - value,
            "href": f"{page}?{urlencode({'which': 'all', 'fact_open': place})}",
            "text_y": 19 + 58 * (place - 1),
            "y": 29 + 58 * (place - 1),
            "width": round(386 * value / figures.people) if figures.people else 0,
        }
        for place, value in enumerate(figures.established, start=1)
    ]


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    word: str | Promise
    is_given: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One of the four facts on the phone: done, the one to answer now, or a later one."""

    fact: int
    word: Promise
    state: str
    given: str | Promise
    choices: tuple[Choice, ...]


def questions(row: WorkerRow) -> list[Question]:
    given = {one.fact: one for one in row.facts}
    result, found_open = [], False
    for fact, answers in ANSWERS.items():
        stands = given.get(int(fact))
        if stands and stands.establishes:
            state = "done"
        else:
            state = "later" if found_open else "now"
            found_open = True
        choices = tuple(
            Choice(a.code, words.ANSWERS[a.code], bool(stands and stands.answer == a.code)) for a in answers
        )
        word = words.ANSWERS[stands.answer] if stands else ""
        result.append(Question(int(fact), words.FACTS_SHORT[int(fact)], state, word, choices))
    return result


def facts_of(row: WorkerRow) -> tuple[bool, ...]:
    stands = {one.fact for one in row.facts if one.establishes}
    return tuple(int(fact) in stands for fact in Fact)


def missing_words(row: WorkerRow) -> str:
    missing = [words.FACTS_SHORT[place] for place, done in enumerate(facts_of(row), start=1) if not done]
    if not missing:
        return _("All four established")
    if len(missing) == len(ANSWERS):
        return _("Not begun")
    return _("Open: %(facts)s") % {"facts": _(", ").join(str(word) for word in missing)}


def people_words(count: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": num(count)}


def list_verdict(row: ListRow, at: datetime, *, soon_share: float) -> str:
    """Return the state of the list's own clock; one of its people may be overdue earlier, for another list."""
    return clock_state(
        handed_over_at=row.handed_over_at, due_at=row.due_at, at=at, soon_share=soon_share, is_closed=row.open == 0
    )
