"""One person's record, masked: what a page shows to whoever may see that he exists."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.reading import read_by_key
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.models import AddressKind, DocumentKind, Person, Sight
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


class _Read(NamedTuple):
    """One row of PERSON. household: how many others live there; joined: records that a merge made this one."""

    id: int
    public_id: str
    birth_sealed: bytes | None
    path: str
    source: str
    enrolled_at: datetime
    unit: str
    unit_en: str
    kept: str | None
    household: int
    joined: list[str]


PERSON = """
select p.id, p.public_id, p.birth_sealed, p.path, p.source, p.enrolled_at, u.name, u.name_en,
  (select kept.public_id from people_person kept where kept.id = p.merged_into_id),
  (select count(*) from people_person other where other.household_id = p.household_id and other.id <> p.id),
  array(select lost.public_id from people_merge m join people_person lost on lost.id = m.lost_id
        where m.kept_id = p.id and m.state = 2 order by m.id)
from people_person p join jurisdictions_unit u on u.id = p.unit_id
where p.public_id = %(person)s and ((p.path >= %(path)s and p.path < %(path)s || '/') or exists (
  select from people_sight s where s.person_id = p.id and s.path >= %(path)s and s.path < %(path)s || '/'
    and (s.ends_at is null or s.ends_at > %(at)s)))
"""
DOCUMENTS = """
select id, kind, number_sealed, whole, source, seen_at, ended_at from people_document
where person_id = %(person)s order by whole desc, seen_at desc, id
"""
PHONES = """
select id, number_sealed, source, seen_at, ended_at from people_phone
where person_id = %(person)s order by seen_at desc, id
"""
ADDRESSES = """
select a.kind, u.name, a.source, a.seen_at, a.ended_at
from people_address a left join jurisdictions_unit u on u.id = a.unit_id
where a.person_id = %(person)s order by a.seen_at desc, a.id
"""


def person_record(scope: Scope, public_id: str, *, at: datetime) -> PersonRecord:
    """Return a person's record, masked; six queries.

    :raises NotInScope: there is none whom this scope may know of
    """
    found = read_by_key(PERSON, person=public_id, path=scope.path, at=at)
    if not found:
        raise NotInScope
    person = _Read(*found[0])
    born = _born(person)
    return PersonRecord(
        id=person.id,
        public_id=person.public_id,
        masked=masked_many(scope, [person.id], on=day_of(at))[person.id],
        birth_year=str(born.year) if born else "",
        unit=person.unit,
        unit_en=person.unit_en,
        path=person.path,
        source=person.source.partition(":")[0],
        enrolled_at=person.enrolled_at,
        documents=tuple(_documents(person.id)),
        phones=tuple(_phones(person.id)),
        addresses=tuple(_addresses(person.id)),
        household=person.household,
        kept=person.kept or "",
        joined=tuple(person.joined),
    )


def _born(person: _Read) -> date | None:
    if person.birth_sealed is None:
        return None
    return date.fromisoformat(open_text(person.birth_sealed, table="people_person", column="birth", row=person.id))


def _documents(person: int) -> list[Known]:
    return [
        Known(
            kind=kind,
            text=mask_number(open_text(sealed, table="people_document", column="number", row=row)),
            whole=whole,
            source=source.partition(":")[0],
            seen_at=seen_at,
            ended_at=ended_at,
        )
        for row, kind, sealed, whole, source, seen_at, ended_at in read_by_key(DOCUMENTS, person=person)
    ]


def _phones(person: int) -> list[Known]:
    return [
        Known(
            kind=0,
            text=mask_phone(open_text(sealed, table="people_phone", column="number", row=row)),
            whole=True,
            source=source.partition(":")[0],
            seen_at=seen_at,
            ended_at=ended_at,
        )
        for row, sealed, source, seen_at, ended_at in read_by_key(PHONES, person=person)
    ]


def _addresses(person: int) -> list[Known]:
    """An address is shown as the unit that it names; the door stays hidden."""
    return [
        Known(
            kind=kind,
            text=unit or "",
            whole=unit is not None,
            source=source.partition(":")[0],
            seen_at=seen_at,
            ended_at=ended_at,
        )
        for kind, unit, source, seen_at, ended_at in read_by_key(ADDRESSES, person=person)
    ]


__all__ = ["AddressKind", "DocumentKind", "Known", "PersonRecord", "person_in_scope", "person_record", "visible"]
