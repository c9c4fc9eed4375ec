"""Who is it? Claims in, decisions out: candidates through blind indexes, opened and weighed in memory only."""

from collections.abc import Callable, Sequence, Set
from datetime import date

from django.db import connection
from django.db.models import Q

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
from shali.foundation.vault.sealing import bulk_blind, open_text

__all__ = [
    "Claim",
    "Decision",
    "DocumentClaim",
    "Outcome",
    "decide_among",
    "identify",
    "keys_of",
    "may_be_among",
    "opened",
]

# A key that more people share than this says nothing (a switchboard's telephone, a whole village's birth day).
CROWD = 200
# These say little alone: whoever shares only one of them is no candidate, unless a row has no better key to offer.
WEAK = frozenset({"document15", "document_tail", "document_head", "sound+division", "birth+division"})
WEAK_CROWD = 60


def identify(claims: Sequence[Claim]) -> list[Decision]:
    """Decide for each claim whether it is somebody of the register; set-based, for thousands at a time.

    Most rows are settled by a good number and a name that agrees, and need nobody else to be looked at. Runs under a
    scope that holds the city: a row may mean anybody in it.
    """
    blinded = bulk_blind()
    decisions = _by_number(claims, blinded)
    rest = [place for place, decision in enumerate(decisions) if decision is None]
    keys = [[(kind, blinded(value, kind)) for kind, value in blocking_keys(claims[place])] for place in rest]
    pairs = _candidates(keys)
    people = opened(sorted({person for found in pairs for person in found}))
    for place, found in zip(rest, pairs, strict=True):
        decisions[place] = decide(claims[place], [people[person] for person in sorted(found) if person in people])
    return [decision for decision in decisions if decision is not None]


def _by_number(claims: Sequence[Claim], blinded: Callable[[str, str], bytes]) -> list[Decision | None]:
    """Decide for each claim whose number somebody holds and whose name is his; None for all others."""
    numbers = [
        (place, blinded(document.number, "document"))
        for place, claim in enumerate(claims)
        for document in claim.documents
        if document.trusted
    ]
    holders: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select a.place, coalesce(p.merged_into_id, p.id)
            from unnest(%s::int[], %s::bytea[]) as a (place, value)
            join people_document d on d.number_blind = a.value and d.whole and d.ended_at is null
            join people_person p on p.id = d.person_id
            """,
            [[place for place, _ in numbers], [value for _, value in numbers]],
        )
        for place, person in cursor.fetchall():
            holders.setdefault(place, []).append(person)
    people = opened(sorted({person for found in holders.values() for person in found}))
    decisions: list[Decision | None] = [None] * len(claims)
    for place, found in holders.items():
        decision = decide(claims[place], [people[person] for person in found if person in people])
        if decision.outcome is Outcome.KNOWN and "document_equal" in decision.reasons:
            decisions[place] = decision
    return decisions


def decide_among(claim: Claim, *, others: Sequence[tuple[int, Claim]]) -> Decision:
    """Decide whether a claim means one of some others that are not registered yet, under the caller's own numbers."""
    return decide(claim, [Candidate(number, other) for number, other in others])


def keys_of(claim: Claim) -> tuple[tuple[str, str], ...]:
    """Return the plain blocking keys of a claim, for comparing claims among themselves."""
    return blocking_keys(claim)


def may_be_among(claim: Claim, *, keys: Set[tuple[str, str]]) -> bool:
    """Say whether one of the people who bear these keys may be a candidate for a claim, by the rule of `identify`."""
    own = blocking_keys(claim)
    shared = [kind for kind, value in own if (kind, value) in keys]
    if len(shared) > 1:
        return True
    return any(kind not in WEAK for kind in shared) or (bool(shared) and all(kind in WEAK for kind, _ in own))


def _candidates(keys: list[list[tuple[str, bytes]]]) -> list[set[int]]:
    """Return, for each claim, the people who share its keys; those merged away stand for who they became."""
    found: list[set[int]] = [set() for _ in keys]
    flat = [
        (place, value, kind in WEAK, all(kind in WEAK for kind, _ in one))
        for place, one in enumerate(keys)
        for kind, value in one
    ]
    if not flat:
        return found
    places, values, weak, alone = zip(*flat, strict=True)
    with connection.cursor() as cursor:
        # Of a key that a crowd shares no more is read than says so.
        cursor.execute(
            """
            select k.place, coalesce(p.merged_into_id, p.id)
            from (
              select a.place, k.person_id
              from unnest(%s::int[], %s::bytea[], %s::bool[], %s::bool[]) as a (place, value, is_weak, is_alone)
              cross join lateral (
                select person_id, count(*) over () as sharers
                from (
                  select person_id from people_key where value = a.value
                  limit case when a.is_weak then %s else %s end
                ) as few
              ) as k
              where k.sharers < case when a.is_weak then %s else %s end
              group by 1, 2
              having bool_or(not a.is_weak or a.is_alone) or count(distinct a.value) > 1
            ) as k
            join people_person p on p.id = k.person_id
            """,
            [list(places), list(values), list(weak), list(alone), *[WEAK_CROWD + 1, CROWD + 1] * 2],
        )
        for place, person in cursor.fetchall():
            found[place].add(person)
    return found


def opened(people: list[int]) -> dict[int, Candidate]:
    """Open people for comparison: name, birth, documents, telephones, latest address; four queries."""
    if not people:
        return {}
    documents: dict[int, list[DocumentClaim]] = {}
    of_them = Q(person_id__any_of=people, ended_at=None)
    for row, person, kind, whole, sealed in (
        Document.objects.filter(of_them).order_by("id").values_list("id", "person_id", "kind", "whole", "number_sealed")
    ):
        written = open_text(sealed, table="people_document", column="number", row=row)
        documents.setdefault(person, []).append(DocumentClaim(str(kind), written, whole))
    phones: dict[int, list[str]] = {}
    for row, person, sealed in (
        Phone.objects.filter(of_them).order_by("id").values_list("id", "person_id", "number_sealed")
    ):
        phones.setdefault(person, []).append(open_text(sealed, table="people_phone", column="number", row=row))
    latest = Address.objects.filter(of_them).order_by("seen_at", "id")
    addresses = {
        person: (row, sealed, code)
        for row, person, sealed, code in latest.values_list("id", "person_id", "text_sealed", "unit__code")
    }
    found: dict[int, Candidate] = {}
    named = Person.objects.filter(pk__any_of=people).values_list("id", "sex", "name_sealed", "birth_sealed")
    for number, sex, name, birth in named:
        row, text, code = addresses.get(number, (0, None, None))
        claim = Claim(
            name=open_text(name, table="people_person", column="name", row=number),
            sex=SEXES.get(sex),
            birth_on=_day(birth, number),
            documents=tuple(documents.get(number, ())),
            phones=tuple(phones.get(number, ())),
            address=open_text(text, table="people_address", column="text", row=row) if text else None,
            division=code[:12] if code else None,
        )
        found[number] = Candidate(number, claim)
    return found


def _day(sealed: bytes | memoryview | None, person: int) -> date | None:
    if sealed is None:
        return None
    return date.fromisoformat(open_text(sealed, table="people_person", column="birth", row=person))
