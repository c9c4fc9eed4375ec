"""Rows made ready for the pages: words, clocks, sentences. No query, no decision."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shali.foundation.policy.contacts import ContactClass
from shali.foundation.tasks.rules import clock_state
from shali.foundation.ui.formats import day, is_chinese, num
from shali.tracing.queries import words
from shali.tracing.queries.case import StepRow
from shali.tracing.queries.cases import CaseFigures, CaseRow, Clock
from shali.tracing.queries.contact import ContactRecord, DayShown
from shali.tracing.queries.contacts import ContactRow
from shali.tracing.queries.ring import Ring


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


def case_title(number: int) -> str:
    return f"病例{number:02d}" if is_chinese() else f"Case {number:02d}"


def cases_identity(figures: CaseFigures) -> Identity:
    page = reverse("tracing:cases")
    terms = [Term(_("Cases"), figures.total, href=f"{page}?which=all")]
    for place, (code, word) in enumerate(words.CLASSIFICATIONS.items()):
        href = f"{page}?which=discarded" if code == 5 else ""
        terms.append(Term(str(word), figures.by_class[code], "=" if place == 0 else "+", href))
    return identity(_("Every case has a class"), tuple(terms))


def ring_identity(found: Ring, page: str) -> Identity:
    return identity(
        _("Every contact is held"),
        (
            Term(_("Owe a measure"), found.under_observation, href=f"{page}&which=all"),
            Term(_("held"), found.closed, "="),
            Term(_("with a gap"), found.with_gap, "+", f"{page}&which=any"),
        ),
    )


def case_clock(one: Clock | None, *, at: datetime, soon_share: float) -> dict[str, object]:
    """Return what the badge of a case's clock shows."""
    if one is None:
        return {"state": "unknown", "due_at": None, "closed_in": None}
    if one.done_at is not None:
        return {"state": "done", "due_at": one.due_at, "closed_in": one.done_at - one.handed_over_at}
    state = clock_state(handed_over_at=one.handed_over_at, due_at=one.due_at, at=at, soon_share=soon_share)
    return {"state": state, "due_at": one.due_at, "closed_in": None}


def case_lines(rows: list[CaseRow], *, at: datetime, soon_share: float) -> list[dict[str, object]]:
    return [
        {
            "row": row,
            "title": case_title(row.number),
            "class": words.CLASSIFICATIONS[row.classification],
            "core": case_clock(row.core, at=at, soon_share=soon_share),
            "report": case_clock(row.report, at=at, soon_share=soon_share),
            "source": case_title(row.source_number) if row.source_number else "",
            "certainty": words.SOURCE_CERTAINTIES.get(row.source_certainty, ""),
            "when": when_of(row),
        }
        for row in rows
    ]


def when_of(row: CaseRow) -> str:
    """Say when a case fell ill, or when it was first found positive."""
    if row.onset_on:
        return _("ill since %(day)s") % {"day": day(row.onset_on)}  # type: ignore[arg-type]  # a day is enough
    if row.first_positive_at:
        return _("no symptoms, positive %(day)s") % {"day": day(row.first_positive_at)}
    return _("onset not known")


def contact_lines(rows: list[ContactRow], *, at: datetime, soon_share: float = 0.75) -> list[dict[str, object]]:
    return [contact_line(row, at=at, soon_share=soon_share) for row in rows]


def contact_line(row: ContactRow, *, at: datetime, soon_share: float = 0.75) -> dict[str, object]:
    """Return a contact with words, and what is missing in a sentence: why it is in this list."""
    return {
        "row": row,
        "class": words.CLASSES[row.contact_class],
        "why": words.WHY.get(row.why, row.why),
        "gaps": [words.GAPS[one] for one in row.gaps],
        "place": row.place or str(words.PLACES.get(row.place_kind, "")),
        "state": words.STATES[row.state],
        "seen": words.SEEN.get(row.last_seen or 0, ""),
        "clock": _moving(row, at, soon_share),
    }


def _moving(row: ContactRow, at: datetime, soon_share: float) -> dict[str, object]:
    if row.move_due_at is None:
        return {"state": "unknown", "due_at": None}
    if row.moved_at is not None:
        return {"state": "done", "due_at": row.move_due_at}
    if row.move_due_at < at:
        return {"state": "overdue", "due_at": row.move_due_at}
    left = (row.move_due_at - at).total_seconds() / 3600
    return {"state": "soon" if left <= 8 * (1 - soon_share) else "ontime", "due_at": row.move_due_at}


def why_class(record: ContactRecord) -> str:
    """Explain a contact's class, measure and days in one sentence."""
    asks: ContactClass = record.asks
    values = {
        "class": words.CLASSES[record.row.contact_class],
        "why": words.WHY.get(record.row.why, record.row.why),
        "last": day(record.row.last_exposure_on),  # type: ignore[arg-type]  # a day is enough
        "rule": asks.rule_id,
    }
    if not asks.phases:
        return _("%(class)s: %(why)s. Rule %(rule)s asks for no measure.") % values
    days = _(", then ").join(
        ngettext("%(n)d day of %(what)s", "%(n)d days of %(what)s", phase.days)
        % {"n": phase.days, "what": words.MEASURES.get(phase.measure, phase.measure)}
        for phase in asks.phases
    )
    tests = ", ".join(str(one) for one in asks.tests)
    said = _("%(class)s: %(why)s. Rule %(rule)s: %(days)s, from the last exposure (%(last)s); tests: days %(tests)s.")
    return said % {**values, "days": days, "tests": tests}


def day_cells(days: tuple[DayShown, ...]) -> list[dict[str, object]]:
    return [
        {
            "day": one,
            "measure": words.MEASURES.get(one.measure, one.measure),
            "status": words.SEEN.get(one.status or 0, ""),
            "state": _day_state(one),
        }
        for one in days
    ]


def _day_state(one: DayShown) -> str:
    if one.status == 1:
        return "done"
    if one.status == 2:
        return "unwell"
    if one.status in (3, 4):
        return "missed"
    if one.is_today:
        return "today"
    return "open" if one.is_past else "to_come"


def step_lines(steps: tuple[StepRow, ...], names: dict[str, str]) -> list[dict[str, object]]:
    return [
        {
            "row": one,
            "act": words.ACTS.get(one.act, one.act),
            "before": words.CLASSIFICATIONS.get(one.before or 0, ""),
            "after": words.CLASSIFICATIONS[one.after],
            "evidence": words.EVIDENCE.get(one.evidence, ""),
            "source": case_title(one.source_number) if one.source_number else "",
            "who": names.get(one.by, ""),
        }
        for one in steps
    ]


def due_state(due_at: datetime | None, *, at: datetime, soon_share: float) -> str:
    """Return how an hour of moving stands: overdue, soon or on time."""
    if due_at is None:
        return "unknown"
    if due_at < at:
        return "overdue"
    return "soon" if (due_at - at).total_seconds() / 3600 <= 8 * (1 - soon_share) else "ontime"
