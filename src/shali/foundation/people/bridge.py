"""The only way to the linkage engine: what the room knows of people, said in the engine's words."""

from shali.engines.linkage import Candidate, Claim, Decision, DocumentClaim, Outcome, blocking_keys, decide

# The codes of sexes (GB/T 2261.1) in the engine's words.
SEXES = {1: "male", 2: "female"}

PlainKeys = tuple[tuple[str, str], ...]  # (kind, plain value); in memory only

__all__ = [
    "SEXES",
    "Candidate",
    "Claim",
    "Decision",
    "DocumentClaim",
    "Outcome",
    "PlainKeys",
    "blocking_keys",
    "decide",
]
