"""How the observation of a contact ends: released, one or many at once; by itself; lost; or a case now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.policy.rules import number
from shali.foundation.tasks.services.close import close_task
from shali.tracing.facts import ContactReleased
from shali.tracing.models import Contact, ContactState, Day, SelfLink
from shali.tracing.rules import release_gaps
from shali.tracing.services.history import NotLawful
from shali.tracing.services.observing import under_observation


@dataclass(frozen=True, slots=True)
class ReleasedMany:
    """How many were released, and of the others how often each condition did not hold."""

    released: int
    left_out: int
    gaps: Mapping[str, int]


def gaps_of(rows: Sequence[Contact], *, at: datetime) -> dict[int, tuple[str, ...]]:
    """Return which conditions of release do not hold for each contact; one query however many they are."""
    days: dict[int, list[Day]] = {}
    for day in Day.objects.filter(contact__in=[row.pk for row in rows], dropped=False).order_by("on"):
        days.setdefault(day.contact_id, []).append(day)
    return {row.pk: _gaps(row, days.get(row.pk, []), at=at) for row in rows}


def _gaps(row: Contact, days: Sequence[Day], *, at: datetime) -> tuple[str, ...]:
    if row.ends_on is None:
        return ()
    last = next((day.status for day in days if day.on == row.ends_on), None)
    tests = [(day.tested_at is not None, day.test_negative is True) for day in days if day.test_due]
    return release_gaps(last_on=row.ends_on, today=day_of(at), last_day=last, tests=tests)


@transaction.atomic
def release(*, scope: Scope, contact: str, by: str, at: datetime) -> Contact:
    """Release a contact on his last day, when every condition holds.

    :raises NotLawful: a condition does not hold; the message names it
    """
    row = under_observation(scope=scope, contact=contact)
    gaps = gaps_of([row], at=at)[row.pk]
    if gaps:
        raise NotLawful(_("Not yet: %(gaps)s.") % {"gaps": _(", ").join(str(GAP_WORDS()[one]) for one in gaps)})
    _end([row], ContactState.RELEASED, by=by, at=at)
    announce([ContactReleased(row.pk, row.person_id, row.path)], by=by, at=at)
    row.refresh_from_db()
    return row


@transaction.atomic
def release_many(*, scope: Scope, contacts: Sequence[str], by: str, at: datetime) -> ReleasedMany:
    """Release those of some contacts for whom every condition holds; the others stay, and why is counted."""
    here = Contact.objects.filter(within(scope.path), public_id__in=contacts, state=ContactState.UNDER_OBSERVATION)
    rows = list(here.select_for_update(of=("self",)).select_related("task").order_by("id"))
    gaps = gaps_of(rows, at=at)
    ready = [row for row in rows if row.ends_on is not None and not gaps[row.pk]]
    _end(ready, ContactState.RELEASED, by=by, at=at)
    announce([ContactReleased(row.pk, row.person_id, row.path) for row in ready], by=by, at=at)
    return ReleasedMany(
        released=len(ready),
        left_out=len(rows) - len(ready),
        gaps=Counter(gap for found in gaps.values() for gap in found),
    )


@transaction.atomic
def end_without_measure(*, today: date, at: datetime, most: int = 1_000) -> int:
    """Release contacts whose class asks for nothing, so many days after their last exposure. Returns how many.

    Nobody has to see or test them, so nobody would ever end them. Run every hour; twice does nothing.
    """
    days = int(number("watch_days_without_measure", at).value)
    with in_scope(system_scope("tracing")):
        here = Contact.objects.filter(
            state=ContactState.UNDER_OBSERVATION, ends_on=None, last_exposure_on__lt=today - timedelta(days=days)
        )
        rows = list(here.select_for_update(of=("self",)).select_related("task").order_by("id")[:most])
        _end(rows, ContactState.RELEASED, by="system:tracing", at=at)
        announce([ContactReleased(row.pk, row.person_id, row.path) for row in rows], by="system:tracing", at=at)
    return len(rows)


def GAP_WORDS() -> dict[str, str]:  # a table that speaks the reader's language
    return {
        "last_day_reached": _("the last day is not reached"),
        "last_day_seen": _("nobody saw him on the last day"),
        "seen_well": _("he was unwell on the last day"),
        "tests_done": _("a test is not taken"),
        "tests_negative": _("a test has no negative result"),
    }


@transaction.atomic
def end_as_lost(*, scope: Scope, contact: str, by: str, at: datetime) -> Contact:
    """End the observation of a contact who cannot be reached any more: a final status, not a release.

    :raises NotLawful: he was not missed often enough
    """
    row = under_observation(scope=scope, contact=contact)
    if row.missed < 3:
        raise NotLawful(_("He was missed on %(n)d days in a row; three are needed.") % {"n": row.missed})
    _end([row], ContactState.LOST, by=by, at=at)
    row.refresh_from_db()
    return row


def end_as_case(row: Contact, *, by: str, at: datetime) -> None:
    """End the observation of a contact who is a case now. Caller: the reaction to CaseOpened."""
    _end([row], ContactState.BECAME_CASE, by=by, at=at)


def _end(rows: Sequence[Contact], state: ContactState, *, by: str, at: datetime) -> None:
    """End the observation of contacts whose rows are locked; their links and the clocks of their moving end with it."""
    numbers = [row.pk for row in rows]
    Contact.objects.filter(pk__in=numbers).update(state=state, ended_at=at, ended_by=by, version=F("version") + 1)
    SelfLink.objects.filter(contact__in=numbers, ended_at=None).update(ended_at=at)
    for row in rows:
        if row.task is not None and row.task.closed_at is None:
            close_task(
                task=row.task.pk, seen=None, outcome=state.name.lower(), scope=system_scope("tracing"), by=by, at=at
            )
