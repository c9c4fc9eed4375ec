"""Who is it? Claims in, decisions out: candidates through blind indexes, opened and weighed in memory only."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from shali.foundation.people.bridge import (
    SEXES,
    Candidate,
    Claim,
    Decision,
    DocumentClaim,
    Outcome,
    blocking_keys,
    decide,
)
from shali.foundation.people.models import Address, Document, Person, Phone
from shali.foundation.vault.sealing import blind, open_text

__all__ = ["Claim", "Decision", "DocumentClaim", "Outcome", "decide_among", "identify", "keys_of", "opened"]

# A key that more people share than this says nothing (a switchboard's telephone, a whole village's birth day).
CROWD = 200


def identify(claims: Sequence[Claim]) -> list[Decision]:
    """Decide for each claim whether it is somebody of the register; set-based, for thousands at a time.

    Runs under a scope that holds the city: a row may mean anybody in it.
    """
    keys = [[blind(value, kind=kind) for kind, value in blocking_keys(claim)] for claim in claims]
    pairs = _candidates(keys)
    people = opened(sorted({person for found in pairs for person in found}))
    return [
        decide(claim, [people[person] for person in sorted(found) if person in people])
        for claim, found in zip(claims, pairs, strict=True)
    ]


def decide_among(claim: Claim, *, others: Sequence[tuple[int, Claim]]) -> Decision:
    """Decide whether a claim means one of some others that are not registered yet, under the caller's own numbers."""
    return decide(claim, [Candidate(number, other) for number, other in others])


def keys_of(claim: Claim) -> tuple[tuple[str, str], ...]:
    """Return the plain blocking keys of a claim, for comparing claims among themselves."""
    return blocking_keys(claim)


def _candidates(keys: list[list[bytes]]) -> list[set[int]]:
    """Return, for each claim, the people who share one of its keys; those merged away stand for who they became."""
    flat = [(place, key) for place, one in enumerate(keys) for key in one]
    found: list[set[int]] = [set() for _ in keys]
    if not flat:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with asked as (select * from unnest(%s::int[], %s::bytea[]) as a (place, value)),
            wanted as (select distinct value from asked),
            crowd as (
              select k.value from people_key k join wanted w on w.value = k.value
              group by k.value having count(*) > %s
            )
            select distinct a.place, coalesce(p.merged_into_id, p.id)
            from asked a join people_key k on k.value = a.value join people_person p on p.id = k.person_id
            where not exists (select from crowd c where c.value = a.value)
            """,
            [[place for place, _ in flat], [key for _, key in flat], CROWD],
        )
        for place, person in cursor.fetchall():
            found[place].add(person)
    return found


def opened(people: list[int]) -> dict[int, Candidate]:
    """Open people for comparison: name, birth, documents, telephones, latest address; four queries."""
    documents: dict[int, list[DocumentClaim]] = {}
    for d in Document.objects.filter(person_id__in=people, ended_at=None).order_by("id"):
        number = open_text(d.number_sealed, table="people_document", column="number", row=d.pk)
        documents.setdefault(d.person_id, []).append(DocumentClaim(str(d.kind), number, d.whole))
    phones: dict[int, list[str]] = {}
    for p in Phone.objects.filter(person_id__in=people, ended_at=None).order_by("id"):
        number = open_text(p.number_sealed, table="people_phone", column="number", row=p.pk)
        phones.setdefault(p.person_id, []).append(number)
    addresses: dict[int, tuple[str, str]] = {}
    for a in (
        Address.objects.filter(person_id__in=people, ended_at=None).select_related("unit").order_by("seen_at", "id")
    ):
        text = open_text(a.text_sealed, table="people_address", column="text", row=a.pk)
        addresses[a.person_id] = (text, a.unit.code[:12] if a.unit else "")
    return {
        person.pk: Candidate(
            person.pk,
            Claim(
                name=open_text(person.name_sealed, table="people_person", column="name", row=person.pk),
                sex=SEXES.get(person.sex),
                birth_on=_birth(person),
                documents=tuple(documents.get(person.pk, ())),
                phones=tuple(phones.get(person.pk, ())),
                address=addresses.get(person.pk, ("", ""))[0] or None,
                division=addresses.get(person.pk, ("", ""))[1] or None,
            ),
        )
        for person in Person.objects.filter(pk__in=people)
    }


def _birth(person: Person) -> date | None:
    if person.birth_sealed is None:
        return None
    return date.fromisoformat(open_text(person.birth_sealed, table="people_person", column="birth", row=person.pk))
