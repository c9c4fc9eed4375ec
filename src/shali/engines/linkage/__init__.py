from shali.engines.linkage.decide import decide
from shali.engines.linkage.keys import blocking_keys
from shali.engines.linkage.model import Candidate, Claim, Decision, DocumentClaim, Outcome, Ranked

__all__ = ["Candidate", "Claim", "Decision", "DocumentClaim", "Outcome", "Ranked", "blocking_keys", "decide"]
