"""One contact: his relationships, the plan in force and those before it, his days, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import orjson

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.measures.queries.in_force import InForce, in_force
from shali.foundation.people.models import Person
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.policy.contacts import ContactClass, class_of_rule
from shali.foundation.policy.rules import number
from shali.foundation.vault.sealing import open_bytes, open_text
from shali.tracing.models import Contact, Day, Observation, Plan, Relationship
from shali.tracing.queries.contacts import ContactRow, contact_rows
from shali.tracing.queries.find import contact_in_scope


@dataclass(frozen=True, slots=True)
class Met:
    """A relationship as a page shows it. source: number of the case, 0 where a contact was met."""

    public_id: str
    case: str
    case_number: int
    by_contact: str
    source: Masked | None
    first_at: datetime
    last_at: datetime
    situation: str
    protection: str
    certainty: str
    judged_class: str
    why: str
    entered_at: datetime
    entered_by: str
    withdrawn_at: datetime | None
    withdrawn_why: str
    has_place: bool


@dataclass(frozen=True, slots=True)
class PlanRow:
    seq: int
    contact_class: str
    why: str
    rule: str
    last_exposure_on: date
    ends_on: date | None
    phases: tuple[tuple[str, date, date], ...]
    tests: tuple[date, ...]
    caused_by: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class DayShown:
    """One cell of the day strip. entries: how many observations; told: symptoms and temperature of the newest."""

    number: int
    on: date
    measure: str
    test_due: bool
    status: int | None
    status_at: datetime | None
    tested_at: datetime | None
    test_negative: bool | None
    entries: int
    is_today: bool
    is_past: bool


@dataclass(frozen=True, slots=True)
class ContactRecord:
    row: ContactRow
    person_id: int
    person_public_id: str
    version: int
    is_ours: bool
    first_exposure_on: date
    judged_at: datetime
    judged_by: str
    asks: ContactClass
    relationships: tuple[Met, ...]
    plans: tuple[PlanRow, ...]
    days: tuple[DayShown, ...]
    measures: tuple[InForce, ...]
    task: str
    ended_at: datetime | None
    ended_by: str
    second_ring: int
    watched_until: date | None  # where the class asks for nothing: the last day of the watch, that ends by itself


def contact_record(scope: Scope, contact: str, *, at: datetime) -> ContactRecord:
    """Return what is known of one contact within the scope.

    :raises NotInScope: there is none here
    """
    found = contact_in_scope(scope, contact)
    [row] = contact_rows(scope, [found], at=at)
    person = Person.objects.filter(pk=found.person_id).values_list("public_id", flat=True).first()
    return ContactRecord(
        row=row,
        person_id=found.person_id,
        person_public_id=person or "",
        version=found.version,
        is_ours=scope.holds(found.path),
        first_exposure_on=found.first_exposure_on,
        judged_at=found.judged_at,
        judged_by=found.judged_by,
        asks=class_of_rule(found.rule),
        relationships=_relationships(scope, found, at),
        plans=tuple(_plan(one) for one in Plan.objects.filter(contact=found).order_by("-seq")),
        days=_days(found, at),
        measures=in_force(scope, [found.person_id], at).get(found.person_id, ()),
        task=found.task.public_id if found.task else "",
        watched_until=_watched_until(found, at),
        ended_at=found.ended_at,
        ended_by=found.ended_by,
        second_ring=Relationship.objects.filter(by_contact=found, withdrawn_at=None).count(),
    )


def _watched_until(found: Contact, at: datetime) -> date | None:
    if found.ends_on is not None:
        return None
    return found.last_exposure_on + timedelta(days=int(number("watch_days_without_measure", at).value))


def _relationships(scope: Scope, found: Contact, at: datetime) -> tuple[Met, ...]:
    rows = list(
        Relationship.objects.filter(contact=found)
        .select_related("case", "by_contact")
        .order_by("withdrawn_at", "-last_at")
    )
    sources = [_source(one) for one in rows]
    people = masked_many(scope, [one for one in sources if one], on=day_of(at))
    return tuple(
        Met(
            public_id=one.public_id,
            case=one.case.public_id if one.case else "",
            case_number=one.case.number if one.case else 0,
            by_contact=one.by_contact.public_id if one.by_contact else "",
            source=people.get(source),
            first_at=one.first_at,
            last_at=one.last_at,
            situation=one.situation,
            protection=one.protection,
            certainty=one.certainty,
            judged_class=one.judged_class,
            why=one.why,
            entered_at=one.entered_at,
            entered_by=one.entered_by,
            withdrawn_at=one.withdrawn_at,
            withdrawn_why=one.withdrawn_why,
            has_place=one.place_sealed is not None,
        )
        for one, source in zip(rows, sources, strict=True)
    )


def _source(one: Relationship) -> int:
    return one.case.person_id if one.case else one.by_contact.person_id if one.by_contact else 0


def _plan(one: Plan) -> PlanRow:
    return PlanRow(
        seq=one.seq,
        contact_class=one.contact_class,
        why=one.why,
        rule=one.rule,
        last_exposure_on=one.last_exposure_on,
        ends_on=one.ends_on,
        phases=tuple((kind, date.fromisoformat(first), date.fromisoformat(last)) for kind, first, last in one.phases),
        tests=tuple(date.fromisoformat(day) for day in one.tests),
        caused_by=one.caused_by,
        made_at=one.made_at,
        made_by=one.made_by,
    )


def _days(found: Contact, at: datetime) -> tuple[DayShown, ...]:
    today = day_of(at)
    entries: dict[int, int] = {}
    for day in Observation.objects.filter(day__contact=found).values_list("day_id", flat=True):
        entries[day] = entries.get(day, 0) + 1
    return tuple(
        DayShown(
            number=(one.on - found.last_exposure_on).days,
            on=one.on,
            measure=one.measure,
            test_due=one.test_due,
            status=one.status,
            status_at=one.status_at,
            tested_at=one.tested_at,
            test_negative=one.test_negative,
            entries=entries.get(one.pk, 0),
            is_today=one.on == today,
            is_past=one.on < today,
        )
        for one in Day.objects.filter(contact=found, dropped=False).order_by("on")
    )


@dataclass(frozen=True, slots=True)
class Observed:
    """One entry about a day, opened: who is shown it is put on record by the caller."""

    on: date
    status: int
    temperature: str
    symptoms: tuple[str, ...]
    at: datetime
    by: str


def observations(scope: Scope, contact: str) -> Sequence[Observed]:
    """Return what was entered about the days of a contact of the scope, newest first, with symptoms in plain."""
    found = contact_in_scope(scope, contact)
    rows = Observation.objects.filter(day__contact=found).select_related("day").order_by("-id")
    return [_observed(one) for one in rows]


def _observed(one: Observation) -> Observed:
    told = {"temperature": "", "symptoms": []}
    if one.told_sealed:
        told = orjson.loads(open_bytes(one.told_sealed, table="tracing_observation", column="told", row=one.pk))
    return Observed(one.day.on, one.status, str(told["temperature"]), tuple(told["symptoms"]), one.at, one.by)


def place_of(scope: Scope, relationship: Relationship) -> str:
    """Return where two people met, in plain; the caller puts the look on record."""
    if relationship.place_sealed is None:
        return ""
    return open_text(relationship.place_sealed, table="tracing_relationship", column="place", row=relationship.pk)
