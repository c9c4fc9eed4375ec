"""The only way to the linkage engine: what the room knows of people, said in the engine's words."""

from typing import TYPE_CHECKING

from shali.engines.linkage import Candidate, Claim, Decision, DocumentClaim, Outcome, blocking_keys, decide

if TYPE_CHECKING:
    from shali.foundation.people.services.enrol import NewPerson

SEXES = {1: "male", 2: "female"}

__all__ = ["Candidate", "Claim", "Decision", "DocumentClaim", "Outcome", "blocking_keys", "blocking_keys_of", "decide"]


def blocking_keys_of(one: "NewPerson") -> tuple[tuple[str, str], ...]:
    """Return the keys under which a person to be enrolled will be found again."""
    return blocking_keys(claim_of(one))


def claim_of(one: "NewPerson") -> Claim:
    return Claim(
        name=one.name,
        sex=SEXES.get(one.sex),
        birth_on=one.birth_on,
        documents=tuple(DocumentClaim(str(d.kind), d.number, d.whole) for d in one.documents),
        phones=one.phones,
        address=one.addresses[0].text if one.addresses else None,
        division=one.division or None,
    )
