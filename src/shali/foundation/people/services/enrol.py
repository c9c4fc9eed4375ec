"""New people, one or fifty thousand at a time: sealed before they reach the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from shali.foundation.people.bridge import blocking_keys_of
from shali.foundation.people.models import Address, AddressKind, Document, Key, Person, Phone
from shali.foundation.vault.public_id import new_public_id
from shali.foundation.vault.sealing import blind, seal


@dataclass(frozen=True, slots=True)
class NewDocument:
    kind: int
    number: str
    whole: bool


@dataclass(frozen=True, slots=True)
class NewAddress:
    text: str
    unit: int | None
    kind: int = AddressKind.HOME


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to enrol. `unit` and `path` are the unit that answers for him; the name is kept as received."""

    name: str
    unit: int
    path: str
    sex: int = 0
    birth_on: date | None = None
    documents: tuple[NewDocument, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[NewAddress, ...] = ()
    division: str = ""
    household: int | None = None


@transaction.atomic
def enrol_people(new: Sequence[NewPerson], *, source: str, at: datetime) -> list[int]:
    """Enrol people and return their ids in the order given.

    A whole document number has one holder: the caller has asked `identify` first; a number that somebody else holds
    already makes the database refuse the batch.
    """
    ids = next_ids("people_person", len(new))
    Person.objects.bulk_create(
        [_person(number, one, source, at) for number, one in zip(ids, new, strict=True)], batch_size=5_000
    )
    add_documents([(n, d) for n, one in zip(ids, new, strict=True) for d in one.documents], source=source, at=at)
    add_phones([(n, p) for n, one in zip(ids, new, strict=True) for p in one.phones], source=source, at=at)
    add_addresses([(n, a) for n, one in zip(ids, new, strict=True) for a in one.addresses], source=source, at=at)
    add_keys(
        (number, kind, value) for number, one in zip(ids, new, strict=True) for kind, value in blocking_keys_of(one)
    )
    return ids


def _person(number: int, one: NewPerson, source: str, at: datetime) -> Person:
    born = one.birth_on
    return Person(
        pk=number,
        public_id=new_public_id(),
        unit_id=one.unit,
        path=one.path,
        household_id=one.household,
        sex=one.sex,
        source=source,
        enrolled_at=at,
        name_sealed=seal(one.name, table="people_person", column="name", row=number),
        birth_sealed=seal(born.isoformat(), table="people_person", column="birth", row=number) if born else None,
    )


def add_documents(rows: Sequence[tuple[int, NewDocument]], *, source: str, at: datetime) -> None:
    """Add numbered documents to people."""
    ids = next_ids("people_document", len(rows))
    Document.objects.bulk_create(
        [
            Document(
                pk=number,
                person_id=person,
                kind=document.kind,
                whole=document.whole,
                source=source,
                seen_at=at,
                number_blind=blind(document.number, kind="document"),
                number_sealed=seal(document.number, table="people_document", column="number", row=number),
            )
            for number, (person, document) in zip(ids, rows, strict=True)
        ],
        batch_size=5_000,
    )


def add_phones(rows: Sequence[tuple[int, str]], *, source: str, at: datetime) -> None:
    """Add telephones to people."""
    ids = next_ids("people_phone", len(rows))
    Phone.objects.bulk_create(
        [
            Phone(
                pk=number,
                person_id=person,
                source=source,
                seen_at=at,
                number_blind=blind(phone, kind="phone"),
                number_sealed=seal(phone, table="people_phone", column="number", row=number),
            )
            for number, (person, phone) in zip(ids, rows, strict=True)
        ],
        batch_size=5_000,
    )


def add_addresses(rows: Sequence[tuple[int, NewAddress]], *, source: str, at: datetime) -> None:
    """Add addresses to people, as written."""
    ids = next_ids("people_address", len(rows))
    Address.objects.bulk_create(
        [
            Address(
                pk=number,
                person_id=person,
                kind=address.kind,
                unit_id=address.unit,
                source=source,
                seen_at=at,
                text_sealed=seal(address.text, table="people_address", column="text", row=number),
            )
            for number, (person, address) in zip(ids, rows, strict=True)
        ],
        batch_size=5_000,
    )


def add_keys(rows: Iterable[tuple[int, str, str]]) -> None:
    """Add blind blocking keys: who shares one is worth comparing."""
    Key.objects.bulk_create(
        [Key(person_id=person, kind=kind, value=blind(value, kind=kind)) for person, kind, value in rows],
        batch_size=10_000,
        ignore_conflicts=True,
    )


def next_ids(table: str, count: int) -> list[int]:
    """Take a block of row numbers before the insert: a sealed value is bound to its row."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)", [table, count])
        return [int(row[0]) for row in cursor.fetchall()]
