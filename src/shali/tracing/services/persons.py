"""Whom a line names: somebody of the register, or somebody to enrol; by the same rules as a pushed list's row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shali.foundation.intake.services.claims import claim_of, new_person_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import system_scope
from shali.foundation.people.models import Document, Person
from shali.foundation.people.services.enrol import enrol_people
from shali.foundation.people.services.identify import Claim, Outcome, decide_among, identify, keys_of
from shali.foundation.people.services.merge import propose_merge
from shali.foundation.places.queries import gazetteer
from shali.foundation.vault.sealing import blind

SOURCE = "tracing"


@dataclass(frozen=True, slots=True)
class Named:
    """A person as an interviewed one names him: all that is known, as said."""

    name: str
    document: str = ""
    phone: str = ""
    address: str = ""
    sex: str = ""


def people_of(whom: Sequence[Named | int], *, near: str, by: str, at: datetime) -> list[int]:
    """Return the person of each line, in order; whoever is not of the register is enrolled.

    near: path of the unit that answers for somebody whose address names none. Somebody who may be a person of the
    register is enrolled as himself, and a merge is proposed: another decides. Runs under a scope that holds the city.
    """
    named = [(place, one) for place, one in enumerate(whom) if isinstance(one, Named)]
    divisions = [_division(one.address) for _place, one in named]
    claims = [_claim(one, division) for (_place, one), division in zip(named, divisions, strict=True)]
    found: dict[int, int] = {place: one for place, one in enumerate(whom) if isinstance(one, int)}
    fresh: list[tuple[int, Claim, str, int | None]] = []
    for (place, _one), claim, division, decision in zip(named, claims, divisions, identify(claims), strict=True):
        if decision.outcome is Outcome.KNOWN and decision.key is not None:
            found[place] = decision.key
        else:
            fresh.append((place, claim, division, decision.ranked[0].key if decision.ranked else None))
    repeats = _enrol(fresh, found, near=near, by=by, at=at)
    return [found[repeats.get(place, place)] for place in range(len(whom))]


def _enrol(
    fresh: list[tuple[int, Claim, str, int | None]], found: dict[int, int], *, near: str, by: str, at: datetime
) -> dict[int, int]:
    """Enrol newcomers; a line that names an earlier newcomer again leads to that line."""
    repeats: dict[int, int] = {}
    brought: dict[tuple[str, str], list[int]] = {}
    new: list[tuple[int, Claim, str, int | None]] = []
    by_place = {place: claim for place, claim, _division, _like in fresh}
    for place, claim, division, like in fresh:
        earlier = sorted({other for key in keys_of(claim) for other in brought.get(key, ())})
        among = decide_among(claim, others=[(other, by_place[other]) for other in earlier]) if earlier else None
        if among is not None and among.outcome is Outcome.KNOWN and among.key is not None:
            repeats[place] = among.key
            continue
        for key in keys_of(claim):
            brought.setdefault(key, []).append(place)
        new.append((place, claim, division, like))
    units = {code: (pk, path) for code, pk, path in Unit.objects.values_list("code", "id", "path")}
    at_home = next(pair for pair in units.values() if pair[1] == near)
    held = _numbers_held([claim for _place, claim, _division, _like in new])
    people = []
    for _place, claim, division, _like in new:
        unit, path = units.get(division, at_home)
        people.append(new_person_of(claim, unit=unit, path=path, division=division, held=held))
        held |= {document.number for document in claim.documents if document.trusted}
    for row, person in zip(new, enrol_people(people, source=SOURCE, at=at), strict=True):
        place, like = row[0], row[3]
        found[place] = person
        if like is not None:
            _propose_merge(kept=like, lost=person, at=at)
    return repeats


def _propose_merge(*, kept: int, lost: int, at: datetime) -> None:
    people = Person.objects.in_bulk([kept, lost])
    propose_merge(
        scope=system_scope("tracing"),
        kept=people[kept].public_id,
        lost=people[lost].public_id,
        reason="tracing",
        by="system:tracing",
        at=at,
    )


def _division(address: str) -> str:
    if not address:
        return ""
    resolved = gazetteer(system_scope("tracing")).resolve(address)
    return resolved.code if resolved.code and resolved.level >= 2 else ""


def _claim(one: Named, division: str) -> Claim:
    values: dict[str, str | list[str]] = {"name": one.name.strip(), "address": one.address.strip(), "sex": one.sex}
    if one.document.strip():
        values["id_number"] = one.document.strip()
    values["phones"] = [one.phone.strip()] if one.phone.strip() else []
    return claim_of(values, division=division)


def _numbers_held(claims: Sequence[Claim]) -> set[str]:
    numbers = {document.number for claim in claims for document in claim.documents if document.trusted}
    by_blind = {blind(number, kind="document"): number for number in numbers}
    rows = Document.objects.filter(number_blind__in=list(by_blind), whole=True, ended_at=None)
    return {by_blind[bytes(value)] for value in rows.values_list("number_blind", flat=True)}
