"""What may be disputed about a measure: how it stands, how long it lasts, what it may come from."""

from datetime import datetime, timedelta

# What a measure may come from. A health code comes from one of the first three or is not given.
EPIDEMIOLOGICAL = ("case", "contact", "exposure")
ORIGINS = (*EPIDEMIOLOGICAL, "list_entry", "arrival", "risk_area", "measure")
EVIDENCE = ("investigation", "laboratory_result", "exposure_record", "pushed_list", "official_letter")
# What the evidence of a health code may be: never a list, a letter or a word.
EPIDEMIOLOGICAL_EVIDENCE = ("investigation", "laboratory_result", "exposure_record")
HOW_SERVED = ("in_person", "telephone", "message", "posted")
LIFT_REASONS = ("ruled_out", "appeal", "conditions_met", "moved", "mistake", "superseded")
REFUSALS = ("no_ground", "wrong_person", "milder_suffices", "terms_wrong")
OUTCOMES = ("upheld", "lifted", "changed")
APPEAL_WAYS = ("community", "paper", "telephone")

PROPOSED, DECIDED, REFUSED, WITHDRAWN = 1, 2, 3, 4


def standing(
    *, state: int, starts_at: datetime | None, ends_at: datetime | None, lifted_at: datetime | None, at: datetime
) -> str:
    """Return how a measure stands at an hour, by its own row and the hour alone: no job has to run for it.

    proposed, refused, withdrawn, coming, in_force, lifted or expired
    """
    if state != DECIDED or starts_at is None or ends_at is None:
        return {REFUSED: "refused", WITHDRAWN: "withdrawn"}.get(state, "proposed")
    if lifted_at is not None and lifted_at <= at:
        return "lifted"
    if at < starts_at:
        return "coming"
    return "in_force" if at < ends_at else "expired"


def longest_end(*, starts_at: datetime, max_hours: int) -> datetime:
    """Return the last hour that a kind's rule allows. Terms are in hours: a day added would follow a zone's clock."""
    return starts_at + timedelta(hours=max_hours)


def may_come_from(*, epidemiological: bool, origin: str, evidence: str) -> bool:
    """Say whether a measure may rest on an origin: a health code on a case, a contact or an exposure, on its record."""
    if epidemiological:
        return origin in EPIDEMIOLOGICAL and evidence in EPIDEMIOLOGICAL_EVIDENCE
    return origin in ORIGINS and evidence in EVIDENCE
