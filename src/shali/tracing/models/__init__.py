"""The tracing desk: cases, whom they met, what those owe, and whether each of them is held.

What must never be: a case classified without evidence; an observed day that vanishes with a new plan; a circle in who
infected whom; a contact's task closed while he is nowhere.
"""

from shali.tracing.models.cases import Answer, Case, CaseStep, Form, Investigator, Stay
from shali.tracing.models.contacts import (
    Contact,
    ContactState,
    Day,
    Observation,
    Plan,
    Relationship,
    SelfLink,
)
from shali.tracing.models.exposures import Exposure, ExposureState, Member

__all__ = [
    "Answer",
    "Case",
    "CaseStep",
    "Contact",
    "ContactState",
    "Day",
    "Exposure",
    "ExposureState",
    "Form",
    "Investigator",
    "Member",
    "Observation",
    "Plan",
    "Relationship",
    "SelfLink",
    "Stay",
]
