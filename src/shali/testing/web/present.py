"""Rows made ready for the pages: words, sums, shares. No query, no decision."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from shali.foundation.tasks.rules import clock_state
from shali.foundation.ui.formats import num
from shali.testing.queries import words
from shali.testing.queries.laboratory import BoxRow
from shali.testing.queries.tubes import ParkedRow, RecallRow
from shali.testing.rules import Balance, Standing


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


def _identity(what: str, *terms: Term) -> Identity:
    off_by = terms[0].value - sum(term.value for term in terms[1:])
    verdict = _("Balances") if off_by == 0 else _("Off by %(n)s") % {"n": num(abs(off_by))}
    return Identity(what, terms, off_by, verdict)


def identities(balance: Balance, made: str) -> list[Identity]:
    """Return the three sums of a round: people, samples, tubes."""
    people = reverse("testing:people", args=[made])
    tubes = reverse("testing:tubes", args=[made])
    open_tubes = balance.tubes - balance.tubes_received - balance.tubes_void - balance.tubes_missing
    return [
        _identity(
            _("People"),
            Term(_("On the roster"), balance.roster),
            Term(_("sampled"), balance.sampled, "=", f"{people}?which=sampled"),
            Term(_("exempt"), balance.exempt, "+", f"{people}?which=exempt"),
            Term(_("missing by name"), balance.named_missing, "+", f"{people}?which=missing"),
            Term(_("not sampled yet"), balance.not_sampled, "+", f"{people}?which=left"),
        ),
        _identity(
            _("Samples"),
            Term(_("People in tubes"), balance.people_in_tubes),
            Term(_("of the roster"), balance.sampled, "="),
            Term(_("guests"), balance.guests, "+", f"{people}?which=guests"),
        ),
        _identity(
            _("Tubes"),
            Term(_("Used"), balance.tubes),
            Term(_("at the laboratory"), balance.tubes_received, "="),
            Term(_("void"), balance.tubes_void, "+"),
            Term(_("missing for good"), balance.tubes_missing, "+"),
            Term(_("on their way"), open_tubes, "+", f"{tubes}?which=waiting"),
        ),
    ]


def standings(counts: dict[int, int], made: str) -> list[tuple[str, int, str]]:
    """Return where people stand: word, count, the page of these."""
    page = reverse("testing:people", args=[made])
    keys = {
        Standing.AWAITING: "awaiting",
        Standing.RETEST: "retest",
        Standing.RESAMPLE: "resample",
        Standing.NEGATIVE: "negative",
        Standing.POSITIVE: "positive",
    }
    return [(str(words.STANDINGS[one]), counts.get(one, 0), f"{page}?which={key}") for one, key in keys.items()]


def share(part: int, whole: int) -> str:
    """Return a share in per cent, rounded down: 99.96 % is not everybody."""
    return f"{part * 1000 // whole / 10:.1f}" if whole else "—"


def recall_line(one: RecallRow, *, at: datetime, soon_share: float) -> dict[str, object]:
    state = "done"
    if one.done_at is None and one.due_at is not None:
        state = clock_state(handed_over_at=one.opened_at, due_at=one.due_at, at=at, soon_share=soon_share)
    return {
        "row": one,
        "why": words.RECALLS[one.why],
        "state": state,
        "closed_in": one.done_at - one.opened_at if one.done_at else None,
    }


def box_line(one: BoxRow, *, at: datetime, soon_share: float) -> dict[str, object]:
    state = clock_state(handed_over_at=one.sealed_at, due_at=one.due_at, at=at, soon_share=soon_share)
    return {
        "row": one,
        "state": "done" if one.received_at else state,
        "closed_in": one.received_at - one.sealed_at if one.received_at else None,
    }


def parked_line(one: ParkedRow) -> dict[str, object]:
    """Say what is parked in words; of its detail only what an officer can act on."""
    detail = one.detail
    said = {
        "station_revoked": _("%(events)s events from number %(first)s on"),
        "station_forked": _("%(events)s events from number %(first)s on"),
        "box_count": _("box %(box)s: %(screen)s on the screen, %(table)s on the table"),
    }.get(one.kind, "")
    values = {name: str(detail.get(name, "—")) for name in ("events", "first", "box", "screen", "table")}
    return {
        "row": one,
        "what": words.PARKED[one.kind],
        "detail": said % values if said else "",
        "can_take": one.kind.startswith("station_"),
    }
