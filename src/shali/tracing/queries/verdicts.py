"""What the rules of the day say of contacts: class, reason, plan. Nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.contacts import GENERAL, ContactClass, contact_classes
from shali.foundation.policy.rules import number
from shali.tracing.models import Case, Contact, ContactState, Relationship
from shali.tracing.rules import (
    INFECTED,
    STRICTNESS,
    Classification,
    Judged,
    Met,
    PlanDays,
    infectious_from,
    judge,
    plan_days,
    strictest,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one contact now. None of the dates without a relationship that counts."""

    contact: Contact
    judged: Judged
    first_on: date
    last_on: date
    asks: ContactClass
    days: PlanDays
    each: tuple[tuple[Relationship, Judged], ...]

    @property
    def changes_plan(self) -> bool:
        """Say whether the plan would be another than the one in force."""
        now = self.contact
        same_days = (now.contact_class, now.last_exposure_on, now.ends_on) == (
            self.judged.contact_class,
            self.last_on,
            self.days.last,
        )
        return now.plan_seq == 0 or not same_days or now.rule != self.asks.rule_id


def verdicts(scope: Scope, contacts: Sequence[Contact], *, at: datetime) -> list[Verdict]:
    """Return what the rules in force at an hour say of contacts; nothing is written. Three queries for any number."""
    rows = list(
        Relationship.objects.filter(contact__in=contacts, withdrawn_at=None)
        .select_related("case", "by_contact")
        .order_by("id")
    )
    through = {row.by_contact.person_id for row in rows if row.by_contact is not None}
    became = {
        case.person_id: case
        for case in Case.objects.filter(person_id__in=through, outbreak_id=settings.OUTBREAK).exclude(
            classification=Classification.DISCARDED
        )
        if Classification(case.classification) in INFECTED
    }
    before = int(number("infectious_days_before", at).value)
    classes = contact_classes(at)
    by_contact: dict[int, list[Relationship]] = {}
    for row in rows:
        by_contact.setdefault(row.contact_id, []).append(row)
    return [_verdict(one, by_contact.get(one.pk, []), became, classes, before) for one in contacts]


def _verdict(
    contact: Contact,
    rows: list[Relationship],
    became: dict[int, Case],
    classes: Mapping[str, ContactClass],
    before: int,
) -> Verdict:
    each = tuple((row, _judge(row, became, before)) for row in rows)
    judged = strictest([one for _row, one in each]) if each else Judged(GENERAL, "withdrawn")
    counted = [row for row, one in each if one.contact_class == judged.contact_class]
    first = min((day_of(row.first_at) for row in counted), default=contact.first_exposure_on)
    last = max((day_of(row.last_at) for row in counted), default=contact.last_exposure_on)
    asks = classes[judged.contact_class]
    days = _days(asks, last)
    if days.last is not None and days.last < contact.found_on:
        # Found when his days were over already.
        judged, asks = Judged(GENERAL, "period_over"), classes[GENERAL]
        days = _days(asks, last)
    return Verdict(contact, judged, first, last, asks, days, each)


def _days(asks: ContactClass, last_exposure_on: date) -> PlanDays:
    phases = [(phase.measure, phase.days) for phase in asks.phases]
    return plan_days(last_exposure_on=last_exposure_on, phases=phases, tests=asks.tests)


def _judge(row: Relationship, became: dict[int, Case], before: int) -> Judged:
    """Judge one relationship: by the case that was met; a contact who became a case counts as one."""
    case = row.case or (became.get(row.by_contact.person_id) if row.by_contact else None)
    if row.certainty == "claimed":
        return Judged(GENERAL, "claimed_only")
    if case is not None:
        if case.classification == Classification.DISCARDED:
            return Judged(GENERAL, "source_discarded")
        from_on = infectious_from(
            onset_on=case.onset_on,
            first_positive_on=day_of(case.first_positive_at) if case.first_positive_at else None,
            days_before=before,
        )
        until = day_of(case.isolated_at) if case.isolated_at else None
        return judge(_met(row, 1, from_on, until))
    through = row.by_contact
    if through is None or through.state == ContactState.NO_CONTACT or through.contact_class != STRICTNESS[-1]:
        return Judged(GENERAL, "source_not_close")
    return judge(_met(row, 2, through.first_exposure_on, day_of(through.moved_at) if through.moved_at else None))


def _met(row: Relationship, order: int, from_on: date | None, until: date | None) -> Met:
    return Met(
        order=order,
        first_on=day_of(row.first_at),
        last_on=day_of(row.last_at),
        situation=row.situation,
        protection=row.protection,
        infectious_from=from_on,
        infectious_until=until,
    )


def affected(scope: Scope, *, at: datetime) -> list[Verdict]:
    """Return what the rules in force would change for the open contacts of a scope."""
    rows = Contact.objects.filter(within(scope.path), state=ContactState.UNDER_OBSERVATION).order_by("ends_on", "id")
    return [one for one in verdicts(scope, list(rows), at=at) if one.changes_plan]
