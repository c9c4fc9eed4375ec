"""Codes in words."""

from django.utils.translation import gettext_lazy as _

from shali.testing.queries.turnaround import AT_LABORATORY, TO_LABORATORY, TO_RESULT
from shali.testing.rules import HOUSEHOLD, POOL_SIZES, SINGLE, Outcome, RoundState, Standing, TubeState
from shali.testing.rules.exempting import ISOLATED, MONTHS, POSITIVE_DAYS
from shali.testing.rules.stopping import Step

# Who shares a tube, in the order of how few: as a choice, or under a heading that says the rest.
TUBES = {SINGLE: "1", HOUSEHOLD: _("a household"), **{n: str(n) for n in POOL_SIZES if n != SINGLE}}
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
VOID_WHYS = {
    "broken": _("broken or leaking"),
    "label": _("label cannot be read"),
    "mixed_up": _("people mixed up"),
}
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
# By a rule of the round, with its number.
RULED = {
    "rule_isolated": _("in isolation, by the round's rule"),
    "rule_positive": _("positive within %(n)d days, by the round's rule"),
    "rule_age": _("younger than %(n)d months, by the round's rule"),
}
RULES = {
    MONTHS: _("younger than %(n)d months"),
    POSITIVE_DAYS: _("positive within %(n)d days"),
    ISOLATED: _("in isolation"),
}
TAKE_BACK = {
    "mistake": _("it was a mistake"),
    "ended": _("its ground has ended"),
    "came": _("comes to be sampled"),
}
# How a task at a door ended.
VISIT_OUTCOMES = {"sampled": _("sampled"), "exempt": _("exempt"), "missing": _("missing by name")}
# From what a door's place was taken where it is not known itself.
GUESSES = {
    "estate": _("Where its estate stands, not this building"),
    "community": _("No place is known: taken to be in the middle of its community"),
    "nowhere": _("No place is known here: taken to be at the start"),
}
STRAYS = {"missing": _("missing"), "extra": _("that nobody sent"), "broken": _("broken")}
STOP_STEPS = {
    Step.TEST: _("Rounds go on."),
    Step.WAIT: _("A closed round has people without a result; it counts when they have one."),
    Step.PAUSE: _("Testing pauses."),
    Step.AGAIN: _("The pause is over: another round is due."),
    Step.STOP: _("Testing stops."),
}
# Why a round closes over what a device holds.
TAKEN_ON = {
    "device_lost": _("the device is lost"),
    "device_broken": _("the device is broken, and its second copy too"),
    "swabbed_again": _("its people were swabbed again elsewhere"),
    "kept_apart": _("its events were kept apart and settled"),
    "counted_wrong": _("it says a wrong number"),
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
    "zone_size": _("people whom its zone does not let share a tube"),
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
    "station_copy": _("a device's second copy, after numbers that are missing in it"),
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
# What is true of a parked result: what it waits for, or that somebody has to settle it.
WAITS_FOR = {
    "unknown_tube": _("matched by itself when its tube is here"),
    "not_sealed": _("matched by itself when its tube is sealed"),
    "ambiguous": _("a second person says of which round it is"),
    "before_sample": _("a second person says whether the hour is wrong"),
    "void_tube": _("a second person refuses it: a tube that is void or missing takes no result"),
}
MATCHED_FOR = {
    "clock_wrong": _("the laboratory's clock was wrong"),
    "round_chosen": _("it is of this round"),
    "label_misread": _("its label was misread"),
}
REFUSED_FOR = {
    "tube_void": _("its tube is void or missing"),
    "not_ours": _("it is no tube of ours"),
    "hour_impossible": _("its hour cannot be so"),
    "tested_again": _("it was tested again"),
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
# Filters of lists, each with its count.
ROUNDS = {"all": _("All"), "planned": _("planned"), "open": _("open"), "closed": _("closed")}
RECALLED = {"overdue": _("overdue"), "open": _("still owed"), "done": _("given"), "all": _("All")}
BOXES = {"overdue": _("overdue"), "open": _("not received"), "received": _("received"), "all": _("All")}
WAIT = {"waiting": _("contradicts the result in force"), "parked": _("parked")}
GUESTS = {"open": _("to settle"), "same": _("of the roster"), "other": _("nobody of the roster")}
