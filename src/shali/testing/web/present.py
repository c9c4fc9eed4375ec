"""Rows made ready for the pages: words, sums, shares. No query, no decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from shali.foundation.tasks.rules import clock_state
from shali.foundation.ui.formats import num
from shali.foundation.ui.paging import COUNTED_AT_MOST
from shali.testing.queries import words
from shali.testing.queries.boxes import BoxRow
from shali.testing.queries.left import ExpectedRow
from shali.testing.queries.tubes import ParkedRow, RecallRow
from shali.testing.rules import HOUSEHOLD, Balance, Standing
from shali.testing.rules.exempting import WORDS


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
    """Return the sums of a round: people, samples, tubes, what lies in them, what devices wrote."""
    people = reverse("testing:people", args=[made])
    tubes = reverse("testing:tubes", args=[made])
    here, parked = reverse("testing:round", args=[made]), reverse("testing:parked")
    open_tubes = balance.tubes - balance.tubes_received - balance.tubes_void - balance.tubes_missing
    return [
        _people(balance, people),
        _identity(
            _("Samples"),
            Term(_("People in tubes"), balance.people_in_tubes),
            Term(_("of the roster"), balance.sampled, "="),
            Term(_("guests"), balance.guests, "+", f"{people}?which=guests"),
        ),
        _identity(
            _("Tubes"),
            Term(_("Used"), balance.tubes, "", f"{tubes}?which=all"),
            Term(_("at the laboratory"), balance.tubes_received, "=", f"{tubes}?which=received"),
            Term(_("void"), balance.tubes_void, "+", f"{tubes}?which=void"),
            Term(_("missing for good"), balance.tubes_missing, "+", f"{tubes}?which=lost"),
            Term(_("on their way"), open_tubes, "+", f"{tubes}?which=on_the_way"),
        ),
        _identity(
            _("Swabs"),
            Term(_("Members of tubes"), balance.members, "", f"{tubes}?which=all"),
            Term(_("people swabbed"), balance.people_swabbed, "=", "" if balance.guests else f"{people}?which=sampled"),
            Term(_("further swabs of the same people"), balance.swabs - balance.people_swabbed, "+"),
        ),
        _identity(
            _("Events of devices"),
            Term(_("Written"), balance.events, "", reverse("testing:sites", args=[made])),
            Term(_("done"), balance.events_done, "="),
            Term(_("here before"), balance.events_again, "+"),
            Term(_("parked when they came"), balance.events_parked, "+", parked),
            Term(_("being read"), balance.events_waiting, "+"),
            Term(_("still on devices"), balance.events_held, "+", f"{here}#held"),
        ),
    ]


def _people(balance: Balance, people: str) -> Identity:
    merged = f"{people}?which=merged"
    return _identity(
        _("People"),
        Term(_("On the roster"), balance.roster),
        Term(_("sampled"), balance.sampled, "=", f"{people}?which=sampled"),
        Term(_("exempt"), balance.exempt, "+", f"{people}?which=exempt"),
        Term(_("missing by name"), balance.named_missing, "+", f"{people}?which=missing"),
        *([Term(_("on another line since a merge"), balance.merged, "+", merged)] if balance.merged else []),
        Term(_("not sampled yet"), balance.not_sampled, "+", f"{people}?which=left"),
    )


def exempt_word(code: str, rules: Mapping[str, int]) -> str:
    """Say for what somebody is exempt; of a rule of the round with its number."""
    if code in words.RULED:
        number = next((rules.get(name, 0) for name, word in WORDS.items() if word == code), 0)
        return str(words.RULED[code]) % {"n": number}
    return str(words.EXEMPTIONS.get(code, ""))


def rule_words(rules: Mapping[str, int]) -> list[str]:
    """Say by which rules a round's roster is drawn."""
    return [str(words.RULES[code]) % {"n": number} for code, number in sorted(rules.items()) if number]


def left_line(one: ExpectedRow, rules: Mapping[str, int]) -> dict[str, object]:
    ended = one.taken_back
    return {
        "row": one,
        "standing": words.STANDINGS[one.standing],  # type: ignore[index]  # a standing is its number
        "why": exempt_word(one.exempt, rules) or words.MISSING.get(one.missing) or "",
        "ended": exempt_word(ended.exempt, rules) if ended and not one.exempt else "",
        "ended_why": words.TAKE_BACK[ended.why] if ended else "",
        "ended_at": ended.at if ended else None,
    }


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


def capped(count: int) -> str:
    """Return a number as a link says it: counted to 10,000 and no further."""
    return num(count) if count <= COUNTED_AT_MOST else f"{num(COUNTED_AT_MOST)}+"


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
    is_batch = one.kind.startswith("station_")
    said = _("%(events)s events from number %(first)s on") if is_batch else ""
    if one.kind == "box_count":
        said = _("box %(box)s: %(screen)s on the screen, %(table)s on the table")
    values = {name: str(detail.get(name, "—")) for name in ("events", "first", "box", "screen", "table")}
    return {
        "row": one,
        "what": words.PARKED[one.kind],
        "detail": said % values if said else "",
        "can_take": is_batch,
    }


def to_a_tube(size: int) -> str:
    """Say who shares a tube of a size, standing alone."""
    if size == HOUSEHOLD:
        return _("a household to a tube")
    return _("%(n)s to a tube") % {"n": size}
