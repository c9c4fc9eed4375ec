"""One case: what it is and was, on what evidence; its investigation, its stays, whom it met."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.models import Person
from shali.foundation.policy.rules import number
from shali.foundation.vault.sealing import open_text
from shali.tracing.models import Case, CaseStep, Contact, Relationship, Stay
from shali.tracing.queries.cases import CaseRow, case_rows
from shali.tracing.queries.contacts import ContactRow, contact_rows
from shali.tracing.queries.find import case_in_scope
from shali.tracing.queries.forms import answers_of, asked_now, form_of, missing_questions
from shali.tracing.rules import STEPS, Classification, infectious_from


@dataclass(frozen=True, slots=True)
class StepRow:
    seq: int
    act: str
    at: datetime
    by: str
    before: int | None
    after: int
    onset_on: date | None
    first_positive_at: datetime | None
    evidence: str
    evidence_ref: str
    source_number: int


@dataclass(frozen=True, slots=True)
class StayRow:
    """A stay, opened: whoever is shown it has been put on record."""

    public_id: str
    from_at: datetime
    to_at: datetime
    day: date
    place: str
    vehicle: str
    unit: str
    unit_en: str
    transport: str
    mask: bool | None
    ventilation: str
    people: int | None
    confirmed_at: datetime | None
    confirmed_by: str
    told_by: str
    withdrawn_at: datetime | None
    is_infectious: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the investigation is: confirmed + claimed + open = asked."""

    asked: int
    confirmed: int
    claimed: int
    core_missing: int
    missing: int
    stays: int
    stays_told: int


@dataclass(frozen=True, slots=True)
class CaseRecord:
    row: CaseRow
    id: int
    person_public_id: str
    version: int
    opened_by: str
    isolated_at: datetime | None
    infectious_from: date | None
    source_basis: str
    may_become: tuple[int, ...]
    steps: tuple[StepRow, ...]
    progress: Progress
    infected: tuple[CaseRow, ...]
    contact_classes: dict[str, int]


def case_record(scope: Scope, case: str, *, at: datetime) -> CaseRecord:
    """Return what is known of one case within the scope, without what somebody told.

    :raises NotInScope: there is none here
    """
    found = case_in_scope(scope, case)
    [row] = case_rows(scope, [found], at=at)
    infected = list(Case.objects.filter(source=found).select_related("unit").order_by("number"))
    met = Relationship.objects.filter(case=found, withdrawn_at=None).values("contact_id")
    classes = Counter(Contact.objects.filter(pk__in=met).values_list("contact_class", flat=True))
    person = Person.objects.filter(pk=found.person_id).values_list("public_id", flat=True).first()
    return CaseRecord(
        row=row,
        id=found.pk,
        person_public_id=person or "",
        version=found.version,
        opened_by=found.opened_by,
        isolated_at=found.isolated_at,
        infectious_from=infectious_day(scope, found, at=at),
        source_basis=found.source_basis,
        may_become=tuple(sorted(int(one) for one in STEPS[Classification(found.classification)])),
        steps=tuple(
            _step(one) for one in CaseStep.objects.filter(case=found).select_related("source").order_by("-seq")
        ),
        progress=progress_of(scope, found),
        infected=tuple(case_rows(scope, infected, at=at)),
        contact_classes=dict(classes),
    )


def infectious_day(scope: Scope, case: Case, *, at: datetime) -> date | None:
    """Return the day from which whoever met a case of the scope is a contact."""
    return infectious_from(
        onset_on=case.onset_on,
        first_positive_on=day_of(case.first_positive_at) if case.first_positive_at else None,
        days_before=int(number("infectious_days_before", at).value),
    )


def progress_of(scope: Scope, case: Case) -> Progress:
    """Return how far the investigation of a case is."""
    form = form_of(scope, case)
    answers = answers_of(scope, case, form)
    asked = asked_now(scope, form, answers)
    given = [answers[one.name] for one in asked if one.name in answers]
    stays = Stay.objects.filter(case=case, withdrawn_at=None)
    return Progress(
        asked=len(asked),
        confirmed=sum(one.confirmed for one in given),
        claimed=sum(not one.confirmed for one in given),
        core_missing=len(missing_questions(scope, case, core=True)),
        missing=len(missing_questions(scope, case, core=False)),
        stays=stays.count(),
        stays_told=stays.filter(confirmed_at=None).count(),
    )


def _step(one: CaseStep) -> StepRow:
    return StepRow(
        seq=one.seq,
        act=one.act,
        at=one.at,
        by=one.by,
        before=one.before,
        after=one.after,
        onset_on=one.onset_on,
        first_positive_at=one.first_positive_at,
        evidence=one.evidence,
        evidence_ref=one.evidence_ref,
        source_number=one.source.number if one.source else 0,
    )


def stays_of(scope: Scope, case: str, *, at: datetime) -> list[StayRow]:
    """Return where a case of the scope was, in plain, the earliest first; the caller puts the look on record."""
    found = case_in_scope(scope, case)
    begins = infectious_day(scope, found, at=at)
    rows = Stay.objects.filter(case=found).select_related("unit").order_by("from_at", "id")
    return [
        StayRow(
            public_id=one.public_id,
            from_at=one.from_at,
            to_at=one.to_at,
            day=day_of(one.from_at),
            place=open_text(one.place_sealed, table="tracing_stay", column="place", row=one.pk),
            vehicle=open_text(one.vehicle_sealed, table="tracing_stay", column="vehicle", row=one.pk)
            if one.vehicle_sealed
            else "",
            unit=one.unit.name if one.unit else "",
            unit_en=one.unit.name_en if one.unit else "",
            transport=one.transport,
            mask=one.mask,
            ventilation=one.ventilation,
            people=one.people,
            confirmed_at=one.confirmed_at,
            confirmed_by=one.confirmed_by,
            told_by=one.told_by,
            withdrawn_at=one.withdrawn_at,
            is_infectious=begins is not None and day_of(one.to_at) >= begins,
        )
        for one in rows
    ]


def contacts_of_case(scope: Scope, case: str, *, at: datetime, limit: int = 200) -> list[ContactRow]:
    """Return whom a case of the scope met, those who lack something first."""
    found = case_in_scope(scope, case)
    met = Relationship.objects.filter(case=found, withdrawn_at=None).values("contact_id")
    rows = list(
        Contact.objects.filter(pk__in=met)
        .select_related("unit", "assignee__user")
        .order_by("move_due_at", "id")[:limit]
    )
    return sorted(
        contact_rows(scope, rows, at=at), key=lambda one: (not one.gaps, one.contact_class != "close_contact")
    )
