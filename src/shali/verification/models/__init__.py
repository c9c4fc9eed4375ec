"""The verification desk: lists that are pushed to the city, the people on them, and the four facts.

What must never be: a check ended without its four facts or a lawful other end; a pushed list closed while somebody
on it is open; a finding edited.
"""

from shali.verification.models.anomalies import Anomaly, AnomalyKind
from shali.verification.models.checks import Attempt, AttemptResult, Check, FactKind, Finding, Way
from shali.verification.models.identity import IdentityQuestion
from shali.verification.models.lists import NOT_SETTLED, Channel, Ending, ListEntry, ListState, ListTally, PushedList
from shali.verification.models.look_backs import AskedAgain, Difference, LookBack, SecondAnswer
from shali.verification.models.soon import due_soon

__all__ = [
    "NOT_SETTLED",
    "Anomaly",
    "AnomalyKind",
    "AskedAgain",
    "Attempt",
    "AttemptResult",
    "Channel",
    "Check",
    "Difference",
    "Ending",
    "FactKind",
    "Finding",
    "IdentityQuestion",
    "ListEntry",
    "ListState",
    "ListTally",
    "LookBack",
    "PushedList",
    "SecondAnswer",
    "Way",
    "due_soon",
]
