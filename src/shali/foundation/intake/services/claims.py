"""A row's values as a claim for identification, and as a person to enrol."""

from collections.abc import Mapping
from datetime import date

from shali.foundation.people.rules import UNKNOWN, read_document
from shali.foundation.people.services.enrol import NewAddress, NewDocument, NewPerson
from shali.foundation.people.services.identify import Claim, DocumentClaim

Values = Mapping[str, str | list[str]]
SEXES = {"male": 1, "female": 2}


def claim_of(values: Values, *, division: str) -> Claim:
    """Say a row's values in the engine's words. A number that fails its check is kept and not trusted."""
    documents = []
    if number := _text(values, "id_number"):
        read = read_document(number)
        documents.append(DocumentClaim(str(read.kind), read.number, read.whole or read.kind != UNKNOWN))
    elif written := _text(values, "id_written"):
        read = read_document(written)
        documents.append(DocumentClaim(str(read.kind), read.number, False))
    phones = values.get("phones", [])
    return Claim(
        name=_text(values, "name") or None,
        sex=_text(values, "sex") or None,
        birth_on=_day(_text(values, "birth_on")),
        documents=tuple(documents),
        phones=tuple(phones) if isinstance(phones, list) else (phones,),
        address=_text(values, "address") or None,
        division=division or None,
    )


def new_person_of(claim: Claim, *, unit: int, path: str, division: str, held: set[str]) -> NewPerson:
    """Return the person to enrol from a claim. held: numbers that somebody else holds, kept here as written only."""
    return NewPerson(
        name=claim.name or "",
        unit=unit,
        path=path,
        sex=SEXES.get(claim.sex or "", 0),
        birth_on=claim.birth_on,
        documents=tuple(
            NewDocument(int(d.kind), d.number, d.trusted and d.number not in held) for d in claim.documents
        ),
        phones=claim.phones,
        addresses=(NewAddress(claim.address, unit if division else None),) if claim.address else (),
        division=division,
    )


def _text(values: Values, name: str) -> str:
    value = values.get(name, "")
    return value if isinstance(value, str) else ", ".join(value)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
