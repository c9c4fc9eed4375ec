"""Whom an event names: somebody of the register by his number or his code, else somebody to enrol."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from shali.foundation.jurisdictions.rows import array_of
from shali.foundation.people.rules import UNKNOWN, ReadDocument, eighteen_of_old, read_document
from shali.foundation.people.services.enrol import NewDocument, NewPerson, enrol_people
from shali.foundation.vault.sealing import bulk_blind
from shali.testing.services.processing.events import Opened

BY_NUMBER = """
select d.number_blind, coalesce(p.merged_into_id, p.id)
from people_document d join people_person p on p.id = d.person_id
where d.number_blind = any(%s::bytea[]) and d.whole and d.ended_at is null
"""
BY_CODE = "select public_id, coalesce(merged_into_id, id) from people_person where public_id = any(%s::text[])"
# A station that knows only a number has no name to tell.
NO_NAME = "—"


def find_people(swabs: Sequence[Opened], *, at: datetime) -> dict[UUID, int]:
    """Return the person of each swab, by its event. Whoever is not of the register is enrolled where he was swabbed."""
    blind = bulk_blind()
    read = {one.event: doc for one in swabs if (doc := _brought(one) or _number(one)) is not None}
    blinds = {doc.number: blind(doc.number, "document") for doc in read.values() if doc.whole}
    codes = [one.said.code for one in swabs if one.said.code]
    with connection.cursor() as cursor:
        cursor.execute(BY_NUMBER, [array_of(blinds.values())])
        by_blind = {bytes(value): person for value, person in cursor.fetchall()}
        cursor.execute(BY_CODE, [array_of(codes)])
        by_code: dict[str, int] = dict(cursor.fetchall())
    found: dict[UUID, int] = {}
    fresh: dict[str, list[Opened]] = {}
    for one in swabs:
        doc = read.get(one.event)
        known = by_blind.get(blinds[doc.number]) if doc is not None and doc.whole else None
        known = known or by_code.get(one.said.code)
        if known is not None:
            found[one.event] = known
        else:
            # The same new number twice is one newcomer; without a whole number each is his own.
            name = doc.number if doc is not None and doc.whole else str(one.event)
            fresh.setdefault(name, []).append(one)
    for events, person in zip(fresh.values(), _enrol(list(fresh.values()), read, at), strict=True):
        found |= {one.event: person for one in events}
    return found


def _brought(one: Opened) -> ReadDocument | None:
    """Return the number of somebody without a document of his own: that of whoever brings him, and which he is.

    One holder has it for ever, so that the same child is the same person at every table and in every round.
    """
    by = _whole(one.said.by) if one.said.by and one.said.child else None
    return ReadDocument(UNKNOWN, f"{by.number}#{one.said.child}", True) if by is not None and by.whole else None


def _number(one: Opened) -> ReadDocument | None:
    return _whole(one.said.doc) if one.said.doc else None


def _whole(said: str) -> ReadDocument:
    doc = read_document(said)
    newer = eighteen_of_old(doc.number) if doc.whole else None
    return read_document(newer) if newer else doc


def _enrol(fresh: list[list[Opened]], read: dict[UUID, ReadDocument], at: datetime) -> list[int]:
    if not fresh:
        return []
    new = []
    for events in fresh:
        one = events[0]
        doc = read.get(one.event)
        documents = (NewDocument(doc.kind or UNKNOWN, doc.number, doc.whole),) if doc is not None else ()
        new.append(
            NewPerson(
                name=one.said.name.strip() or NO_NAME,
                unit=one.batch.unit,
                path=one.batch.path,
                sex=doc.sex if doc is not None else 0,
                birth_on=doc.birth_on if doc is not None else None,
                documents=documents,
                phones=(one.said.phone.strip(),) if one.said.phone.strip() else (),
            )
        )
    return enrol_people(new, source="station", at=at)
