"""Who is it? Claims in, decisions out: candidates through blind indexes, opened and weighed in memory only."""

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from shali.foundation.jurisdictions.rows import array_of
from shali.foundation.people.bridge import (
    SEXES,
    Candidate,
    Claim,
    Decision,
    DocumentClaim,
    Outcome,
    PlainKeys,
    blocking_keys,
    decide,
)
from shali.foundation.people.models import Address, Document, Person, Phone
from shali.foundation.vault.sealing import bulk_blind, bulk_blind_number, bulk_open, open_text

__all__ = [
    "Claim",
    "Decision",
    "DocumentClaim",
    "KeysOf",
    "Outcome",
    "PlainKeys",
    "candidates_of",
    "decide_among",
    "identify",
    "keys_of",
    "may_be_among",
    "numbers_held",
    "opened",
]

# A key that more people share than this says nothing (a switchboard's telephone, a whole village's birth day).
CROWD = 200
# These say little alone: whoever shares only one of them is no candidate, unless a row has no better key to offer.
WEAK = frozenset({"document15", "document_tail", "document_head", "sound+division", "birth+division"})
WEAK_CROWD = 60
# What is left of a number whose day of birth was mistyped. Who shares it with a number whose check digit holds is found
# by his name and its last digits; it is shared by so many that to read them was half of the work.
ONLY_UNTRUSTED = "document_head"


class KeysOf:
    """Plain blocking keys of claims by their place, each worked out once and only when it is asked for."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._claims = claims
        self._known: dict[int, PlainKeys] = {}
        self._blind: dict[int, list[int]] = {}

    def __getitem__(self, place: int) -> PlainKeys:
        keys = self._known.get(place)
        if keys is None:
            keys = self._known[place] = blocking_keys(self._claims[place])
        return keys

    def is_trusted(self, place: int) -> bool:
        """Say whether a claim bears a number whose structure and check digit hold."""
        return any(document.trusted for document in self._claims[place].documents)

    def blind(self, places: Sequence[int]) -> list[list[int]]:
        """Return the blind keys of some claims, as they are stored; each is made once."""
        blinded = bulk_blind_number()
        for place in places:
            if place not in self._blind:
                self._blind[place] = [blinded(value, kind) for kind, value in self[place]]
        return [self._blind[place] for place in places]


def identify(claims: Sequence[Claim], *, keys: KeysOf | None = None) -> list[Decision]:
    """Decide for each claim whether it is somebody of the register; set-based, for thousands at a time.

    Most rows are settled by a good number and a name that agrees, and need nobody else to be looked at. Runs under a
    scope that holds the city: a row may mean anybody in it.
    keys: of these claims, where the caller goes on using them
    """
    keys = keys or KeysOf(claims)
    decisions = _by_number(claims)
    rest = [place for place, decision in enumerate(decisions) if decision is None]
    pairs = candidates_of(keys, places=rest)
    people = opened(sorted({person for found in pairs for person in found}))
    for place, found in zip(rest, pairs, strict=True):
        decisions[place] = decide(claims[place], [people[person] for person in sorted(found) if person in people])
    return [decision for decision in decisions if decision is not None]


def _by_number(claims: Sequence[Claim]) -> list[Decision | None]:
    """Decide for each claim whose number one person holds and whose name is his; None for all others.

    His number is the claim's, since it was found by it: of all that is known of him only the name has to be opened.
    """
    blinded = bulk_blind()
    numbers = [
        (place, which, blinded(document.number, "document"))
        for place, claim in enumerate(claims)
        for which, document in enumerate(claim.documents)
        if document.trusted
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select a.place, a.which, coalesce(q.id, p.id), coalesce(q.name_sealed, p.name_sealed)
            from unnest(%s::int[], %s::int[], %s::bytea[]) as a (place, which, value)
            join people_document d on d.number_blind = a.value and d.whole and d.ended_at is null
            join people_person p on p.id = d.person_id
            left join people_person q on q.id = p.merged_into_id
            """,
            [array_of(column) for column in zip(*numbers, strict=True)] or ["{}"] * 3,
        )
        holders = cursor.fetchall()
    names = bulk_open(table="people_person", column="name")([one[3] for one in holders], [one[2] for one in holders])
    decisions: list[Decision | None] = [None] * len(claims)
    for (place, which, person, _), name in zip(holders, names, strict=True):
        claim = claims[place]
        held = Candidate(person, Claim(name=name, documents=(claim.documents[which],)))
        decision = decide(claim, [held])
        if decision.outcome is Outcome.KNOWN and "document_equal" in decision.reasons:
            decisions[place] = decision
    by_place: dict[int, set[int]] = {}
    for place, _, person, _ in holders:
        by_place.setdefault(place, set()).add(person)
    # Two good numbers of two people: everything that is known of both is weighed.
    return [None if len(by_place.get(place, ())) > 1 else decision for place, decision in enumerate(decisions)]


def numbers_held(claims: Iterable[Claim]) -> set[str]:
    """Return the trusted numbers of some claims that somebody of the register holds."""
    blinded = bulk_blind()
    numbers = {document.number for claim in claims for document in claim.documents if document.trusted}
    by_blind = {blinded(number, "document"): number for number in numbers}
    found = Document.objects.filter(number_blind__any_of=by_blind, whole=True, ended_at=None)
    return {by_blind[bytes(value)] for value in found.values_list("number_blind", flat=True)}


def decide_among(claim: Claim, *, others: Sequence[tuple[int, Claim]]) -> Decision:
    """Decide whether a claim means one of some others that are not registered yet, under the caller's own numbers."""
    return decide(claim, [Candidate(number, other) for number, other in others])


def keys_of(claim: Claim) -> PlainKeys:
    """Return the plain blocking keys of a claim, for comparing claims among themselves."""
    return blocking_keys(claim)


def may_be_among(own: PlainKeys, *, keys: Set[tuple[str, str]]) -> bool:
    """Say whether one of the people who bear these keys may be a candidate for a claim, by the rule of `identify`.

    own: the claim's keys
    """
    shared = [kind for kind, value in own if (kind, value) in keys]
    if len(shared) > 1:
        return True
    return any(kind not in WEAK for kind in shared) or (bool(shared) and all(kind in WEAK for kind, _ in own))


def candidates_of(keys: KeysOf, *, places: Sequence[int]) -> list[set[int]]:
    """Return, for each of some claims, the people who share its keys; those merged away stand for who they became."""
    found: list[set[int]] = [set() for _ in places]
    flat = [
        (which, stored, kind in WEAK, alone)
        for which, (place, blind) in enumerate(zip(places, keys.blind(places), strict=True))
        for alone in [all(kind in WEAK for kind, _ in keys[place])]
        for (kind, _), stored in zip(keys[place], blind, strict=True)
        if kind != ONLY_UNTRUSTED or not keys.is_trusted(place)
    ]
    if not flat:
        return found
    with connection.cursor() as cursor:
        # Of a key that a crowd shares no more is read than says so.
        cursor.execute(
            """
            select k.place, coalesce(p.merged_into_id, p.id)
            from (
              select a.place, k.person_id
              from unnest(%s::int[], %s::bigint[], %s::bool[], %s::bool[]) as a (place, value, is_weak, is_alone)
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
            [*(array_of(column) for column in zip(*flat, strict=True)), *[WEAK_CROWD + 1, CROWD + 1] * 2],
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
    held = (
        Document.objects.filter(of_them).order_by("id").values_list("id", "person_id", "kind", "whole", "number_sealed")
    )
    for (_, person, kind, whole, _), written in _with_texts(held, table="people_document", column="number"):
        documents.setdefault(person, []).append(DocumentClaim(str(kind), written, whole))
    phones: dict[int, list[str]] = {}
    ringing = Phone.objects.filter(of_them).order_by("id").values_list("id", "person_id", "number_sealed")
    for (_, person, _), written in _with_texts(ringing, table="people_phone", column="number"):
        phones.setdefault(person, []).append(written)
    latest = (
        Address.objects.filter(of_them)
        .order_by("seen_at", "id")
        .values_list("id", "person_id", "text_sealed", "unit__code")
    )
    # Of several only the latest is opened.
    last = {person: (row, code, text) for row, person, text, code in latest}
    addresses = dict(zip(last, _with_texts(last.values(), table="people_address", column="text"), strict=True))
    found: dict[int, Candidate] = {}
    named = Person.objects.filter(pk__any_of=people).values_list("id", "sex", "birth_sealed", "name_sealed")
    for (number, sex, birth, _), name in _with_texts(named, table="people_person", column="name"):
        (_, code, _), address = addresses.get(number, ((0, None, None), None))
        claim = Claim(
            name=name,
            sex=SEXES.get(sex),
            birth_on=_day(birth, number),
            documents=tuple(documents.get(number, ())),
            phones=tuple(phones.get(number, ())),
            address=address or None,
            division=code[:12] if code else None,
        )
        found[number] = Candidate(number, claim)
    return found


def _with_texts(found: Iterable[tuple[Any, ...]], *, table: str, column: str) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield rows, which begin with their id and end with a sealed value, each with that value opened."""
    rows = list(found)
    yield from zip(
        rows, bulk_open(table=table, column=column)([r[-1] for r in rows], [r[0] for r in rows]), strict=True
    )


def _day(sealed: bytes | memoryview | None, person: int) -> date | None:
    if sealed is None:
        return None
    return date.fromisoformat(open_text(sealed, table="people_person", column="birth", row=person))
