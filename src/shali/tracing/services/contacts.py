"""Whom a case met: entered as lines, pasted, or taken over with the household; withdrawn, never removed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.rows import next_ids
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.policy.contacts import GENERAL
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.public_id import new_public_id
from shali.foundation.vault.sealing import seal
from shali.tracing.models import Case, Contact, ContactState, Relationship
from shali.tracing.queries.find import case_in_scope, contact_in_scope, relationship_in_scope
from shali.tracing.rules import CERTAINTIES, PROTECTIONS, SITUATIONS
from shali.tracing.services.history import NotLawful
from shali.tracing.services.judging import judge_contacts
from shali.tracing.services.persons import Named, people_of

WITHDRAWALS = ("entered_by_mistake", "was_not_there", "other_person", "told_wrongly")


@dataclass(frozen=True, slots=True)
class Meeting:
    """How somebody was met. entry: the device's own name for the line; sent again, it is the same line."""

    first_at: datetime
    last_at: datetime
    situation: str
    protection: str = "none"
    certainty: str = "probable"
    place: str = ""
    entry: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Line:
    """One contact of a list: whom, as the reader named him or as a person known, and how he was met."""

    whom: Named | int
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class Entered:
    """contact: public number; is_new: he was no contact of the outbreak before."""

    contact: str
    person: int
    is_new: bool


@transaction.atomic
def enter_contacts(
    *, scope: Scope, case: str, lines: Sequence[Line], by: str, at: datetime, exposure: int | None = None
) -> list[Entered]:
    """Enter whom a case met, any number at a time, in the order given; each is judged by the rules of the day.

    :raises WrongInput: a line's times or words are wrong; fields name the line. Then none is entered
    """
    return _enter(scope, case_in_scope(scope, case), lines, by=by, at=at, exposure=exposure)


@transaction.atomic
def enter_second_ring(*, scope: Scope, contact: str, lines: Sequence[Line], by: str, at: datetime) -> list[Entered]:
    """Enter whom a contact met: contacts of a contact, where the rules of the day know such.

    :raises WrongInput: as for `enter_contacts`
    """
    return _enter(scope, contact_in_scope(scope, contact), lines, by=by, at=at, exposure=None)


def _enter(
    scope: Scope, source: Case | Contact, lines: Sequence[Line], *, by: str, at: datetime, exposure: int | None
) -> list[Entered]:
    for number, line in enumerate(lines, start=1):
        _refuse_wrong(line, number, at)
    with in_scope(system_scope("tracing")):
        people = people_of([line.whom for line in lines], near=source.path, by=by, at=at)
        for number, person in enumerate(people, start=1):
            if person == source.person_id:
                said = _("Line %(n)d is the person himself. Nobody is his own contact.") % {"n": number}
                raise WrongInput(said, fields={f"line_{number}": "self"})
        contacts, fresh = _contacts_of(people, lines, by=by, at=at)
        met = [(contacts[person], line.meeting) for person, line in zip(people, lines, strict=True)]
        _relate(source, met, exposure=exposure, by=by, at=at)
        judge_contacts(list(contacts.values()), caused_by="new_exposure", by=by, at=at)
    return [Entered(contacts[person].public_id, person, person in fresh) for person in people]


def _refuse_wrong(line: Line, number: int, at: datetime) -> None:
    met = line.meeting
    where = {"n": number}
    if met.last_at < met.first_at:
        said = _("Line %(n)d: the last contact lies before the first.") % where
        raise WrongInput(said, fields={f"line_{number}": "times"})
    if met.last_at > at:
        said = _("Line %(n)d: the last contact lies in the future.") % where
        raise WrongInput(said, fields={f"line_{number}": "times"})
    if met.situation not in SITUATIONS or met.protection not in PROTECTIONS or met.certainty not in CERTAINTIES:
        said = _("Line %(n)d: say in which of the nine situations they met, and how protected.") % where
        raise WrongInput(said, fields={f"line_{number}": "words"})


def _contacts_of(
    people: Sequence[int], lines: Sequence[Line], *, by: str, at: datetime
) -> tuple[dict[int, Contact], set[int]]:
    """Return the contact of each person, locked; whoever is none yet becomes one, without a plan so far."""
    rows = Contact.objects.select_for_update(of=("self",)).filter(
        outbreak_id=settings.OUTBREAK, person_id__in=set(people), state=ContactState.UNDER_OBSERVATION
    )
    known = {row.person_id: row for row in rows.order_by("id")}
    homes = {
        pk: (unit, path)
        for pk, unit, path in Person.objects.filter(pk__in=set(people)).values_list("pk", "unit_id", "path")
    }
    fresh: dict[int, Contact] = {}
    for person, line in zip(people, lines, strict=True):
        if person in known or person in fresh:
            continue
        unit, path = homes[person]
        met = line.meeting
        fresh[person] = Contact(
            public_id=new_public_id(),
            outbreak_id=settings.OUTBREAK,
            person_id=person,
            unit_id=unit,
            path=path,
            contact_class=GENERAL,
            why="not_judged",
            rule="",
            found_on=day_of(at),
            first_exposure_on=day_of(met.first_at),
            last_exposure_on=day_of(met.last_at),
            judged_at=at,
            judged_by=by,
            exercise=settings.EXERCISE,
        )
    Contact.objects.bulk_create(list(fresh.values()), batch_size=1_000)
    return known | fresh, set(fresh)


def _relate(
    source: Case | Contact, each: Sequence[tuple[Contact, Meeting]], *, exposure: int | None, by: str, at: datetime
) -> None:
    sent = [met.entry for _contact, met in each]
    had = set(Relationship.objects.filter(entry__in=sent).values_list("entry", flat=True))
    numbers = next_ids("tracing_relationship", count=len(each))
    rows = []
    for number, (contact, met) in zip(numbers, each, strict=True):
        if met.entry in had:
            continue
        place = seal(met.place, table="tracing_relationship", column="place", row=number) if met.place else None
        rows.append(
            Relationship(
                pk=number,
                public_id=new_public_id(),
                entry=met.entry,
                contact=contact,
                case=source if isinstance(source, Case) else None,
                by_contact=source if isinstance(source, Contact) else None,
                exposure_id=exposure,
                path=contact.path,
                source_path=source.path,
                first_at=met.first_at,
                last_at=met.last_at,
                situation=met.situation,
                protection=met.protection,
                certainty=met.certainty,
                judged_class=GENERAL,
                why="not_judged",
                entered_at=at,
                entered_by=by,
                place_sealed=place,
            )
        )
    Relationship.objects.bulk_create(rows, batch_size=1_000)


@transaction.atomic
def take_over_household(*, scope: Scope, case: str, meeting: Meeting, by: str, at: datetime) -> list[Entered]:
    """Enter everybody who lives behind the same door as a case, but himself.

    :raises NotLawful: no household is known of him
    """
    row = case_in_scope(scope, case)
    with in_scope(system_scope("tracing")):
        home = Person.objects.filter(pk=row.person_id).values_list("household_id", flat=True).first()
        members = Person.objects.filter(merged_into=None).exclude(pk=row.person_id)
        others = list(members.filter(household_id=home).order_by("id").values_list("pk", flat=True)) if home else []
    if not others:
        raise NotLawful(_("Nobody else is registered behind this door. Enter the people as lines."))
    lines = [Line(one, _again(meeting)) for one in others]
    return _enter(scope, row, lines, by=by, at=at, exposure=None)


def _again(met: Meeting) -> Meeting:
    return Meeting(met.first_at, met.last_at, met.situation, met.protection, met.certainty, met.place)


@transaction.atomic
def withdraw_relationship(*, scope: Scope, relationship: str, why: str, by: str, at: datetime) -> Contact:
    """Take a relationship back, with the reason; the contact is judged anew, and his old plan stays on record.

    :raises NotLawful: it was withdrawn already
    """
    if why not in WITHDRAWALS:
        raise WrongInput(_("Say why it is taken back."), fields={"why": "missing"})
    row = relationship_in_scope(scope, relationship)
    with in_scope(system_scope("tracing")):
        changes = {"withdrawn_at": at, "withdrawn_by": by, "withdrawn_why": why}
        if not Relationship.objects.filter(pk=row.pk, withdrawn_at=None).update(**changes):
            raise NotLawful(_("This was taken back already."))
        contact = Contact.objects.select_for_update(of=("self",)).get(pk=row.contact_id)
        judge_contacts([contact], caused_by="withdrawn", by=by, at=at)
        if not contact.relationships.filter(withdrawn_at=None).exists():
            Contact.objects.filter(pk=contact.pk, state=ContactState.UNDER_OBSERVATION).update(
                state=ContactState.NO_CONTACT, ended_at=at, ended_by=by
            )
    contact.refresh_from_db()
    return contact


@transaction.atomic
def confirm_relationship(*, scope: Scope, relationship: str, certainty: str, by: str, at: datetime) -> Contact:
    """Say how sure a relationship is: what was only told counts from here on."""
    if certainty not in CERTAINTIES:
        raise WrongInput(_("Say how sure it is."), fields={"certainty": "missing"})
    row = relationship_in_scope(scope, relationship)
    with in_scope(system_scope("tracing")):
        Relationship.objects.filter(pk=row.pk).update(certainty=certainty)
        contact = Contact.objects.select_for_update(of=("self",)).get(pk=row.contact_id)
        judge_contacts([contact], caused_by="new_exposure", by=by, at=at)
    return contact
