"""One person's record, masked: what a page shows to whoever may see that he exists."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.models import Address, AddressKind, Document, DocumentKind, Merge, Person, Phone, Sight
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.ui.formats import mask_number, mask_phone
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_text


@dataclass(frozen=True, slots=True)
class Known:
    """One thing known of a person: masked, of a kind, from a source, seen at an hour; ended when it holds no more."""

    kind: int
    text: str
    whole: bool
    source: str
    seen_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """kept: public number of the record that stands for this one after a merge, '' where it stands for itself."""

    id: int
    public_id: str
    masked: Masked
    birth_year: str
    unit: str
    unit_en: str
    path: str
    source: str
    enrolled_at: datetime
    documents: tuple[Known, ...]
    phones: tuple[Known, ...]
    addresses: tuple[Known, ...]
    household: int
    kept: str
    joined: tuple[str, ...]


def visible(scope: Scope, *, at: datetime) -> Q:
    """Return the filter for people whom a scope may know of: its residents, and those whom a task of its concerns."""
    sights = Sight.objects.filter(within(scope.path), person=OuterRef("pk")).filter(Q(ends_at=None) | Q(ends_at__gt=at))
    return within(scope.path) | Q(Exists(sights))


def person_in_scope(scope: Scope, public_id: str, *, at: datetime) -> Person:
    """Return one person of the scope.

    :raises NotInScope: there is none whom this scope may know of
    """
    found = Person.objects.select_related("unit", "merged_into").filter(visible(scope, at=at), public_id=public_id)
    person = found.first()
    if person is None:
        raise NotInScope
    return person


def person_record(scope: Scope, public_id: str, *, at: datetime) -> PersonRecord:
    """Return a person's record, masked; eight queries.

    :raises NotInScope: there is none whom this scope may know of
    """
    person = person_in_scope(scope, public_id, at=at)
    born = _born(person)
    merges = Merge.objects.filter(kept=person, state=2).select_related("lost").order_by("id")
    return PersonRecord(
        id=person.pk,
        public_id=person.public_id,
        masked=masked_many(scope, [person.pk], on=day_of(at))[person.pk],
        birth_year=str(born.year) if born else "",
        unit=person.unit.name,
        unit_en=person.unit.name_en,
        path=person.path,
        source=person.source.partition(":")[0],
        enrolled_at=person.enrolled_at,
        documents=tuple(_documents(person)),
        phones=tuple(_phones(person)),
        addresses=tuple(_addresses(person)),
        household=Person.objects.filter(household=person.household_id).exclude(pk=person.pk).count()
        if person.household_id
        else 0,
        kept=person.merged_into.public_id if person.merged_into else "",
        joined=tuple(merge.lost.public_id for merge in merges),
    )


def _born(person: Person) -> date | None:
    if person.birth_sealed is None:
        return None
    return date.fromisoformat(open_text(person.birth_sealed, table="people_person", column="birth", row=person.pk))


def _documents(person: Person) -> list[Known]:
    return [
        Known(
            kind=one.kind,
            text=mask_number(open_text(one.number_sealed, table="people_document", column="number", row=one.pk)),
            whole=one.whole,
            source=one.source.partition(":")[0],
            seen_at=one.seen_at,
            ended_at=one.ended_at,
        )
        for one in Document.objects.filter(person=person).order_by("-whole", "-seen_at", "id")
    ]


def _phones(person: Person) -> list[Known]:
    return [
        Known(
            kind=0,
            text=mask_phone(open_text(one.number_sealed, table="people_phone", column="number", row=one.pk)),
            whole=True,
            source=one.source.partition(":")[0],
            seen_at=one.seen_at,
            ended_at=one.ended_at,
        )
        for one in Phone.objects.filter(person=person).order_by("-seen_at", "id")
    ]


def _addresses(person: Person) -> list[Known]:
    """An address is shown as the unit that it names; the door stays hidden."""
    return [
        Known(
            kind=one.kind,
            text=one.unit.name if one.unit else "",
            whole=one.unit is not None,
            source=one.source.partition(":")[0],
            seen_at=one.seen_at,
            ended_at=one.ended_at,
        )
        for one in Address.objects.filter(person=person).select_related("unit").order_by("-seen_at", "id")
    ]


__all__ = ["AddressKind", "DocumentKind", "Known", "PersonRecord", "person_in_scope", "person_record", "visible"]
