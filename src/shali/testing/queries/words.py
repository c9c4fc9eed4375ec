"""Codes in words."""

from django.utils.translation import gettext_lazy as _

from shali.testing.queries.turnaround import AT_LABORATORY, TO_LABORATORY, TO_RESULT
from shali.testing.rules import Outcome, RoundState, Standing, TubeState

ROUND_STATES = {RoundState.PLANNED: _("planned"), RoundState.OPEN: _("under way"), RoundState.CLOSED: _("closed")}
STANDINGS = {
    Standing.NOT_SAMPLED: _("not sampled"),
    Standing.AWAITING: _("awaiting result"),
    Standing.RETEST: _("awaiting re-test"),
    Standing.RESAMPLE: _("to be sampled again"),
    Standing.NEGATIVE: _("negative"),
    Standing.POSITIVE: _("positive"),
}
TUBE_STATES = {TubeState.OPEN: _("being filled"), TubeState.SEALED: _("sealed"), TubeState.VOID: _("void")}
STAGES = {
    TO_LABORATORY: _("On the way to the laboratory"),
    AT_LABORATORY: _("Being tested at the laboratory"),
    TO_RESULT: _("From the first swab to the result"),
}
OUTCOMES = {
    Outcome.NEGATIVE: _("negative"),
    Outcome.POSITIVE: _("positive"),
    Outcome.DOUBTFUL: _("doubtful"),
    Outcome.INVALID: _("no valid result"),
}
EXEMPTIONS = {
    "under_two": _("younger than two"),
    "vaccinated_48h": _("vaccinated within 48 hours"),
    "tested_24h": _("tested within 24 hours"),
    "isolated": _("in isolation, sampled there"),
    "daily_tested": _("tested daily at work"),
    "left_city": _("has left the city"),
    "deceased": _("deceased"),
    "medical": _("medical reason"),
    "recovered_3m": _("recovered within three months, single tube elsewhere"),
}
MISSING = {
    "not_at_home": _("not at home"),
    "refused": _("refused"),
    "unreachable": _("cannot be reached"),
    "abroad": _("abroad"),
    "unknown": _("nobody knows"),
}
CONFLICTS = {
    "two_stations": _("two devices wrote on it"),
    "overfull": _("more people than it holds"),
    "after_sealing": _("somebody was added after it was sealed"),
    "reused": _("its label was used in an earlier round"),
    "count_differs": _("the device counted other people than it sent"),
}
RECALLS = {
    "positive_pool": _("a pool of several people was positive"),
    "doubtful_pool": _("a pool of several people was doubtful"),
    "doubtful_single": _("a single sample was doubtful"),
    "invalid": _("the laboratory has no valid result"),
    "void": _("the tube is void"),
    "conflict": _("who is in the tube is in doubt"),
    "lost": _("the tube is missing"),
}
PARKED = {
    "unreadable": _("an event that does not open"),
    "unknown_event": _("an event that nobody understands"),
    "no_such_sample": _("a change to a sample that is not here"),
    "station_revoked": _("a batch of a revoked device"),
    "station_forked": _("two devices with one key"),
    "box_count": _("a box whose counts differ"),
}
WHY_PARKED = {
    "unknown_tube": _("no such tube yet"),
    "ambiguous": _("two rounds have a tube of this label"),
    "void_tube": _("the tube is void or missing"),
    "not_sealed": _("the tube is not sealed yet"),
    "before_sample": _("tested before the tube was sealed"),
    "same_again": _("the same result came before"),
    "correction": _("contradicts the result in force"),
    "held": _("held with its file"),
}
HELD_FOR = {
    "over_capacity": _("more results than the laboratory can test"),
    "curves_twice": _("one curve stands for two tubes"),
    "wells_twice": _("one well stands for two tubes"),
    "in_future": _("tested in the future"),
    "before_samples": _("tested before the tubes were sealed"),
}
PROTECTION = {
    "ventilation": _("in the open air or well ventilated"),
    "one_way": _("one way in, another out"),
    "two_metres": _("two metres between people"),
    "hand_gel": _("hand disinfectant at each table"),
    "coveralls": _("protective clothing for every sampler"),
    "waste_bin": _("closed bin for infectious waste"),
    "shade": _("shade and a roof against rain"),
    "water": _("water and medicine against heat"),
}
FILE_STATES = {
    "taken": _("taken in"),
    "held": _("held back"),
    "released": _("taken after all"),
    "refused": _("refused"),
}
RESULT_STATES = {
    "applied": _("in force"),
    "parked": _("parked"),
    "waiting": _("waits for a second person"),
    "refused": _("refused"),
}

GROUP_KINDS = {
    "enterprise": _("Enterprise"),
    "school": _("School"),
    "institution": _("Institution"),
    "site": _("Building site"),
}
GROUP_PARTS = {
    "": _("All"),
    "roster": _("On the roster"),
    "left": _("not sampled yet"),
    "sampled": _("sampled"),
    "excused": _("exempt or missing"),
}
GROUPS_STAND = {
    "overdue": _("its hours are over"),
    "now": _("coming now"),
    "to_come": _("to come"),
    "none": _("no hours yet"),
    "done": _("everybody is through"),
}
