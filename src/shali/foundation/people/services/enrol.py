"""New people, one or fifty thousand at a time: sealed before they reach the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from shali.foundation.jurisdictions.rows import insert_rows, next_ids
from shali.foundation.people.bridge import SEXES, Claim, DocumentClaim, blocking_keys
from shali.foundation.people.models import Address, AddressKind, Document, Key, Person, Phone
from shali.foundation.vault.public_id import new_public_id
from shali.foundation.vault.sealing import bulk_blind, bulk_blind_number, bulk_seal

PERSON_COLUMNS = ("id", "public_id", "unit_id", "path", "household_id", "sex", "name_sealed", "birth_sealed")


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
def enrol_people(
    new: Sequence[NewPerson], *, source: str, at: datetime, keys: Sequence[Sequence[int]] | None = None
) -> list[int]:
    """Enrol people and return their ids in the order given.

    keys: the blind blocking keys of each of them, where the caller knows them already

    A whole document number has one holder: the caller has asked `identify` first; a number that somebody else holds
    already makes the database refuse the batch.
    """
    ids = next_ids("people_person", count=len(new))
    insert_rows(Person, PERSON_COLUMNS, _people(ids, new), same={"source": source, "enrolled_at": at})
    add_documents([(n, d) for n, one in zip(ids, new, strict=True) for d in one.documents], source=source, at=at)
    add_phones([(n, p) for n, one in zip(ids, new, strict=True) for p in one.phones], source=source, at=at)
    add_addresses([(n, a) for n, one in zip(ids, new, strict=True) for a in one.addresses], source=source, at=at)
    if keys is None:
        blinded = bulk_blind_number()
        keys = [[blinded(value, kind) for kind, value in blocking_keys(_claim_of(one))] for one in new]
    insert_rows(Key, ("person_id", "value"), ((n, value) for n, own in zip(ids, keys, strict=True) for value in own))
    return ids


def _claim_of(one: NewPerson) -> Claim:
    return Claim(
        name=one.name,
        sex=SEXES.get(one.sex),
        birth_on=one.birth_on,
        documents=tuple(DocumentClaim(str(d.kind), d.number, d.whole) for d in one.documents),
        phones=one.phones,
        address=one.addresses[0].text if one.addresses else None,
        division=one.division or None,
    )


def _people(ids: Sequence[int], new: Sequence[NewPerson]) -> Iterator[tuple[Any, ...]]:
    seal_name, seal_birth = (bulk_seal(table="people_person", column=column) for column in ("name", "birth"))
    for number, one in zip(ids, new, strict=True):
        birth = seal_birth(one.birth_on.isoformat(), number) if one.birth_on else None
        yield (
            *(number, new_public_id(), one.unit, one.path, one.household, one.sex),
            *(seal_name(one.name, number), birth),
        )


def add_documents(rows: Sequence[tuple[int, NewDocument]], *, source: str, at: datetime) -> None:
    """Add numbered documents to people."""
    ids = next_ids("people_document", count=len(rows))
    blinded, sealed = bulk_blind(), bulk_seal(table="people_document", column="number")
    insert_rows(
        Document,
        ("id", "person_id", "kind", "whole", "number_blind", "number_sealed"),
        (
            (n, person, d.kind, d.whole, blinded(d.number, "document"), sealed(d.number, n))
            for n, (person, d) in zip(ids, rows, strict=True)
        ),
        same={"source": source, "seen_at": at},
    )


def add_phones(rows: Sequence[tuple[int, str]], *, source: str, at: datetime) -> None:
    """Add telephones to people."""
    ids = next_ids("people_phone", count=len(rows))
    blinded, sealed = bulk_blind(), bulk_seal(table="people_phone", column="number")
    insert_rows(
        Phone,
        ("id", "person_id", "number_blind", "number_sealed"),
        ((n, person, blinded(phone, "phone"), sealed(phone, n)) for n, (person, phone) in zip(ids, rows, strict=True)),
        same={"source": source, "seen_at": at},
    )


def add_addresses(rows: Sequence[tuple[int, NewAddress]], *, source: str, at: datetime) -> None:
    """Add addresses to people, as written."""
    ids = next_ids("people_address", count=len(rows))
    sealed = bulk_seal(table="people_address", column="text")
    insert_rows(
        Address,
        ("id", "person_id", "kind", "unit_id", "text_sealed"),
        ((n, person, a.kind, a.unit, sealed(a.text, n)) for n, (person, a) in zip(ids, rows, strict=True)),
        same={"source": source, "seen_at": at},
    )
