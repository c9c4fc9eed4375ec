"""Whom an event names: somebody of the register by his number or his code, else somebody to enrol."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from shali.foundation.jurisdictions.rows import array_of
from shali.foundation.people.rules import UNKNOWN, ReadDocument, eighteen_of_old, read_document
from shali.foundation.people.services.enrol import NewDocument, NewPerson, enrol_people
from shali.foundation.vault.sealing import blind_many
from shali.testing.services.processing.events import Opened

# Hardly anybody was merged away, and an index holds those alone: nobody else is looked up a second time.
BY_NUMBER = """
with held as materialized (
  select number_blind, person_id from people_document
  where number_blind = any(%s::bytea[]) and whole and ended_at is null
)
select h.number_blind, coalesce(p.merged_into_id, h.person_id)
from held h
left join (select id, merged_into_id from people_person where merged_into_id is not null) as p on p.id = h.person_id
"""
BY_CODE = "select public_id, coalesce(merged_into_id, id) from people_person where public_id = any(%s::text[])"
# A station that knows only a number has no name to tell.
NO_NAME = "—"
PLAIN = 18  # characters of a resident's number


def find_people(swabs: Sequence[Opened], *, at: datetime) -> dict[str, int]:
    """Return the person of each swab, by its event. Whoever is not of the register is enrolled where he was swabbed."""
    numbers = {one.event: number for one in swabs if (number := _number_to_look_up(one))}
    looked_up = sorted(set(numbers.values()))
    blinds = dict(zip(looked_up, blind_many(looked_up, kind="document"), strict=True))
    codes = [one.said.code for one in swabs if one.said.code]
    with connection.cursor() as cursor:
        cursor.execute(BY_NUMBER, [array_of(blinds.values())])
        by_blind = {bytes(value): person for value, person in cursor.fetchall()}
        by_code: dict[str, int] = {}
        if codes:
            cursor.execute(BY_CODE, [array_of(codes)])
            by_code = dict(cursor.fetchall())
    by_number = {number: by_blind[value] for number, value in blinds.items() if value in by_blind}
    found: dict[str, int] = {}
    strange: list[Opened] = []
    for one in swabs:
        known = by_number.get(numbers.get(one.event, "")) or by_code.get(one.said.code)
        if known is not None:
            found[one.event] = known
        else:
            strange.append(one)
    return found | _enrol(strange, at)


def _number_to_look_up(one: Opened) -> str:
    """Return the number under which the register would have this person, or ''.

    Of eighteen characters it is looked up as it is: one that does not hold is nobody's, and is read closer after that.
    """
    said = one.said
    if len(said.doc) == PLAIN and not said.child and said.doc.isascii() and said.doc.isalnum():
        return said.doc.upper()
    doc = _read(one)
    return doc.number if doc is not None and doc.whole else ""


def _read(one: Opened) -> ReadDocument | None:
    return _brought(one) or (_whole(one.said.doc) if one.said.doc else None)


def _brought(one: Opened) -> ReadDocument | None:
    """Return the number of somebody without a document of his own: that of whoever brings him, and which he is.

    One holder has it for ever, so that the same child is the same person at every table and in every round.
    """
    by = _whole(one.said.by) if one.said.by and one.said.child else None
    return ReadDocument(UNKNOWN, f"{by.number}#{one.said.child}", True) if by is not None and by.whole else None


def _whole(said: str) -> ReadDocument:
    doc = read_document(said)
    newer = eighteen_of_old(doc.number) if doc.whole else None
    return read_document(newer) if newer else doc


def _enrol(strange: list[Opened], at: datetime) -> dict[str, int]:
    """Enrol newcomers: those with a number in the order of their numbers, so that of two who enrol the same, one waits.

    The others follow as they came.
    """
    read = {one.event: _read(one) for one in strange}
    numbered: dict[str, list[Opened]] = {}
    nameless: list[list[Opened]] = []
    for one in strange:
        doc = read[one.event]
        # The same new number twice is one newcomer; without a whole number each is his own.
        if doc is not None and doc.whole:
            numbered.setdefault(doc.number, []).append(one)
        else:
            nameless.append([one])
    fresh = [numbered[number] for number in sorted(numbered)] + nameless
    new = [_newcomer(events[0], read[events[0].event]) for events in fresh]
    people = enrol_people(new, source="station", at=at) if new else []
    return {one.event: person for events, person in zip(fresh, people, strict=True) for one in events}


def _newcomer(one: Opened, doc: ReadDocument | None) -> NewPerson:
    return NewPerson(
        name=one.said.name.strip() or NO_NAME,
        unit=one.batch.unit,
        path=one.batch.path,
        sex=doc.sex if doc is not None else 0,
        birth_on=doc.birth_on if doc is not None else None,
        documents=(NewDocument(doc.kind or UNKNOWN, doc.number, doc.whole),) if doc is not None else (),
        phones=(one.said.phone.strip(),) if one.said.phone.strip() else (),
    )
