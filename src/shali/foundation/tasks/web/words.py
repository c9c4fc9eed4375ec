"""The words of this room's codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHICH: dict[str, Promise] = {
    "open": _("Not closed"),
    "overdue": _("Overdue"),
    "soon": _("Due soon"),
    "next_two_hours": _("Due within 2 hours"),
    "not_accepted": _("Not accepted"),
    "blocked": _("Blocked"),
    "to_answer": _("Transfers to answer"),
    "to_arbitrate": _("To arbitrate"),
    "mine": _("Assigned to me"),
    "told": _("Reminders to us"),
    "closed_today": _("Closed today"),
}
TONES = {"overdue": "overdue", "soon": "soon", "blocked": "blocked"}
WHY: dict[str, Promise] = {
    "overdue": _("Past its deadline"),
    "soon": _("In the last quarter of its limit"),
    "blocked": _("Waits for somebody; the clock runs on"),
    "not_accepted": _("Not accepted yet"),
    "unassigned": _("Accepted, nobody works on it yet"),
    "assigned": _("Being worked on"),
    "done": _("Closed"),
    "to_answer": _("Another unit asks us to take it"),
    "to_arbitrate": _("Two units do not agree; we decide"),
    "told": _("We were reminded of it"),
}
KINDS: dict[str, Promise] = {
    "verification": _("Verification"),
    "look_back": _("Look-back"),
    "case_core": _("Core information of a case"),
    "case_report": _("Report of a case"),
    "contact": _("Moving of a contact"),
    "exposure_check": _("Exposure: was there?"),
    "exposure_look_back": _("Exposure, asked again"),
    "appeal": _("Appeal"),
    "test_recall": _("Recall: another sample"),
    "test_at_home": _("Sampling at home"),
}
ACTS: dict[str, Promise] = {
    "handed_over": _("Was handed over"),
    "asked_again": _("Another list asks for the same person"),
    "accepted": _("Accepted"),
    "refused": _("Refused"),
    "transfer_asked": _("Asked another unit to take it"),
    "transfer_accepted": _("Taken over"),
    "transfer_refused": _("Did not take it over"),
    "transfer_withdrawn": _("Request withdrawn"),
    "transfer_disputed": _("Called the common parent to decide"),
    "arbitrated": _("Arbitrated"),
    "assigned": _("Assigned"),
    "undone": _("Undone together with others"),
    "blocked": _("Waits for somebody"),
    "unblocked": _("Goes on"),
    "noted": _("Remark"),
    "progressed": _("Work recorded"),
    "reminded": _("Reminded"),
    "escalated": _("Escalated"),
    "department_asked": _("Department asked to join"),
    "department_answered": _("Department answered"),
    "closed": _("Closed"),
    "reopened": _("Opened again"),
}
BULK: dict[str, Promise] = {
    "accept": _("Tasks accepted together"),
    "assign": _("Tasks assigned together"),
    "remind": _("Owners reminded together"),
}
LEFT_ALONE: dict[str, Promise] = {
    "not_here": _("Belongs to another part of the city by now"),
    "closed": _("Closed already"),
    "accepted": _("Accepted already"),
    "assigned": _("Assigned so already"),
    "other_unit": _("Another unit owns it"),
    "changed_since": _("Somebody went on with it since"),
}
BULK_PARTS: dict[str, Promise] = {
    "all": _("Chosen"),
    "waiting": _("Wait"),
    "done": _("Done"),
    "skipped": _("Skipped"),
    "undone": _("Undone"),
    "kept": _("Kept as they are"),
}
BULK_STATES: dict[int, Promise] = {
    1: _("Waits"),
    2: _("Done"),
    3: _("Skipped"),
    4: _("Undone"),
    5: _("Kept as it is"),
}
REFUSALS: dict[str, Promise] = {
    "not_ours": _("The address is not in our unit"),
    "wrong_address": _("The address does not exist"),
    "outside_city": _("The person is outside the city"),
    "duplicate": _("The same person was given to us already"),
    "not_enough_told": _("Too little is known to begin"),
}
TRANSFERS: dict[str, Promise] = {
    "lives_there": _("Lives there"),
    "stays_there": _("Stays there now"),
    "works_there": _("Works there"),
    "moved": _("Moved there"),
    "wrong_address": _("The address was read wrongly"),
}
BLOCKED_ON: dict[str, Promise] = {
    "person": _("The person's answer"),
    "department": _("A department"),
    "other_city": _("Somebody in another city"),
    "no_access": _("No access to the place"),
    "sender": _("The sender of the list"),
}
ASKS: dict[str, Promise] = {
    "locate_phone": _("Find a telephone number"),
    "look_up_household": _("Look up the household"),
    "look_up_travel": _("Look up journeys"),
    "medical_check": _("Medical check"),
    "accompany": _("Come along to the door"),
}
ANSWERS: dict[str, Promise] = {
    "done": _("Done"),
    "nothing_found": _("Looked, nothing found"),
    "not_ours": _("Not this department's part"),
}
TRANSFER_STATES: dict[int, Promise] = {
    1: _("Waits for an answer"),
    2: _("Taken over"),
    3: _("Not taken over"),
    4: _("Waits for the common parent"),
    5: _("Arbitrated"),
    6: _("Withdrawn"),
}
STEPS: dict[str, Promise] = {
    "remind_owner_half": _("half of the limit is used"),
    "remind_owner_last_quarter": _("the last quarter of the limit has begun"),
    "tell_township": _("seven eighths of the limit are used"),
    "tell_county": _("the deadline has passed"),
    "tell_city": _("a quarter of the limit past the deadline"),
    "by_hand": _("by hand"),
}
REASONS = {**REFUSALS, **TRANSFERS}
