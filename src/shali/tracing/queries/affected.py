"""Whose plan the rules in force would change, as the page lists it."""

from dataclasses import dataclass
from datetime import date, datetime

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.tracing.queries.verdicts import affected


@dataclass(frozen=True, slots=True)
class AffectedRow:
    """One contact: class, rule and last day as they are, and as they would be."""

    public_id: str
    person: Masked | None
    unit: str
    unit_en: str
    before_class: str
    before_rule: str
    before_ends: date | None
    after_class: str
    after_rule: str
    after_ends: date | None
    why: str


def affected_rows(scope: Scope, *, at: datetime) -> list[AffectedRow]:
    """Return the open contacts of a scope whose plan would change, those whose days end first on top."""
    found = affected(scope, at=at)
    people = masked_many(scope, [one.contact.person_id for one in found], on=day_of(at))
    units = Unit.objects.in_bulk({one.contact.unit_id for one in found})
    return [
        AffectedRow(
            public_id=one.contact.public_id,
            person=people.get(one.contact.person_id),
            unit=units[one.contact.unit_id].name,
            unit_en=units[one.contact.unit_id].name_en,
            before_class=one.contact.contact_class,
            before_rule=one.contact.rule,
            before_ends=one.contact.ends_on,
            after_class=one.judged.contact_class,
            after_rule=one.asks.rule_id,
            after_ends=one.days.last,
            why=one.judged.why,
        )
        for one in found
    ]
