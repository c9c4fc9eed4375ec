"""The decision on one row: rules an officer can state, over the evidence."""

from collections.abc import Sequence

from shali.engines.linkage.evidence import weigh
from shali.engines.linkage.model import Candidate, Claim, Decision, Outcome, Ranked

# Bits. Above KNOWN with a lead over the second the row is that person; between the two somebody looks.
KNOWN_BITS = 17.0
DOUBT_BITS = 7.0
LEAD_BITS = 5.0
NAME_AGREES = ("name_same", "name_variant", "name_homophone", "name_close")
SHOWN = 5


def decide(claim: Claim, candidates: Sequence[Candidate]) -> Decision:
    """Say whether a row is one of the candidates, somebody new, or a question for a person."""
    ranked = tuple(
        sorted(
            (weigh(claim, candidate.key, candidate.claim) for candidate in candidates),
            key=lambda one: (-one.bits, one.key),
        )
    )
    return _by_number(claim, ranked) or _by_evidence(claim, ranked)


def _by_number(claim: Claim, ranked: tuple[Ranked, ...]) -> Decision | None:
    """A good number decides by itself, unless the name says otherwise."""
    holder = next((one for one in ranked if "document_equal" in one.reasons), None)
    if holder is not None:
        if claim.name is None or set(holder.reasons) & {*NAME_AGREES, "name_sibling", "name_masked_fits"}:
            return _decision(Outcome.KNOWN, holder, ranked)
        if "name_partial" in holder.reasons and "phone_equal" in holder.reasons:
            return _decision(Outcome.KNOWN, holder, ranked)
        return _decision(Outcome.DOUBTFUL, holder, ranked, "number_of_another_name")
    if not any(document.trusted for document in claim.documents):
        return None
    twin = next((one for one in ranked if _is_everything_but_the_number(one)), None)
    if twin is not None:
        return _decision(Outcome.DOUBTFUL, twin, ranked, "same_person_other_number")
    likely = next((one for one in ranked if "document_differs" not in one.reasons and one.bits >= KNOWN_BITS), None)
    if likely is not None:
        # His known documents are of other kinds, or none is whole: the number is one more document of his, perhaps.
        return _decision(Outcome.DOUBTFUL, likely, ranked, "number_not_on_record")
    return Decision(Outcome.NEW, None, 0.0, ("number_unknown",), ranked[:SHOWN])


def _is_everything_but_the_number(one: Ranked) -> bool:
    """Two good numbers are two people, unless name, telephone and day of birth all say one: then one was mistyped."""
    agrees = any(reason in one.reasons for reason in NAME_AGREES[:3])
    return agrees and "phone_equal" in one.reasons and ("birth_equal" in one.reasons or "birth_near" in one.reasons)


def _by_evidence(claim: Claim, ranked: tuple[Ranked, ...]) -> Decision:
    """Without a good number: the name and something else besides must agree, and nobody else come near."""
    if not ranked or ranked[0].bits < DOUBT_BITS:
        if claim.name and (claim.phones or claim.birth_on or claim.documents) and not _has_shared_phone(ranked):
            if claim.phones or claim.birth_on:
                return Decision(Outcome.NEW, None, 0.0, ("nobody_alike",), ranked[:SHOWN])
            return Decision(Outcome.DOUBTFUL, None, 0.0, ("number_not_whole_nobody_alike",), ranked[:SHOWN])
        reason = "name_alone" if claim.name else "nobody_named"
        if ranked and _has_shared_phone(ranked) and claim.name:
            reason = "phone_of_another_name"
        return Decision(Outcome.DOUBTFUL, None, ranked[0].bits if ranked else 0.0, (reason,), ranked[:SHOWN])
    best = ranked[0]
    second = ranked[1].bits if len(ranked) > 1 else float("-inf")
    if best.bits >= KNOWN_BITS and best.bits - second >= LEAD_BITS and _is_carried_by_two(best):
        return _decision(Outcome.KNOWN, best, ranked)
    reason = "several_alike" if best.bits - second < LEAD_BITS else "not_enough"
    return _decision(Outcome.DOUBTFUL, best, ranked, reason)


def _is_carried_by_two(one: Ranked) -> bool:
    """The name agrees, nothing of birth or sex speaks against it, and a second field stands beside it."""
    if not any(reason in one.reasons for reason in NAME_AGREES):
        return False
    if {"birth_different", "sex_different", "document_differs"} & set(one.reasons):
        return False
    beside = {
        "phone_equal",
        "birth_equal",
        "document_cut",
        "document_near",
        "document_equal_untrusted",
        "address_alike",
    }
    return len(beside & set(one.reasons)) >= 1 and (
        "phone_equal" in one.reasons or len((beside | {"division_equal"}) & set(one.reasons)) >= 2
    )


def _has_shared_phone(ranked: tuple[Ranked, ...]) -> bool:
    return any("phone_equal" in one.reasons for one in ranked)


def _decision(outcome: Outcome, best: Ranked, ranked: tuple[Ranked, ...], *why: str) -> Decision:
    key = best.key if outcome is Outcome.KNOWN else None
    return Decision(outcome, key, best.bits, (*why, *best.reasons), ranked[:SHOWN])
