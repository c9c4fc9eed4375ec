"""The words of the desk's codes, in both languages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shali.foundation.intake.models import Found
from shali.foundation.intake.queries.words import FOUND
from shali.verification.models import (
    AnomalyKind,
    AttemptResult,
    Channel,
    Ending,
    FactKind,
    IdentityQuestion,
    ListState,
    Way,
)

CHANNELS: dict[int, Promise] = {
    Channel.PROVINCIAL_BIG_DATA: _("Provincial big data"),
    Channel.PUBLIC_SECURITY: _("Public security"),
    Channel.ANOTHER_CITY: _("Another city"),
    Channel.HOSPITAL: _("Hospital"),
    Channel.OWN_FINDING: _("Own finding"),
    Channel.OTHER: _("Other channel"),
}
LIST_STATES: dict[int, Promise] = {
    ListState.IN_PREPARATION: _("Being read"),
    ListState.OPEN: _("Open"),
    ListState.CLOSED: _("Everybody struck off"),
    ListState.WITHDRAWN: _("Withdrawn"),
}
FACTS: dict[int, Promise] = {
    FactKind.COUNTED: _("How many live there"),
    FactKind.IDENTIFIED: _("Is it this person"),
    FactKind.LOCATED: _("Where is the person now"),
    FactKind.CONTROLLED: _("Which measure holds"),
}
FACTS_SHORT: dict[int, Promise] = {
    FactKind.COUNTED: _("Counted"),
    FactKind.IDENTIFIED: _("Identified"),
    FactKind.LOCATED: _("Located"),
    FactKind.CONTROLLED: _("Control status"),
}
ANSWERS: dict[str, Promise] = {
    "lives_alone": _("Lives alone"),
    "household_2": _("2 in the household"),
    "household_3": _("3 in the household"),
    "household_4": _("4 in the household"),
    "household_5_or_more": _("5 or more"),
    "not_counted_yet": _("Not counted yet"),
    "seen_in_person": _("Seen in person"),
    "document_checked": _("Document checked"),
    "confirmed_by_voice": _("Confirmed by telephone"),
    "confirmed_by_family": _("Confirmed by family"),
    "somebody_else": _("It is somebody else"),
    "not_identified_yet": _("Not identified yet"),
    "at_home": _("At home"),
    "elsewhere_in_city": _("Elsewhere in the city"),
    "in_hospital": _("In hospital"),
    "at_isolation_site": _("At an isolation site"),
    "left_the_city": _("Has left the city"),
    "not_located_yet": _("Not located yet"),
    "home_quarantine": _("Home quarantine"),
    "central_quarantine": _("Central quarantine"),
    "home_monitoring": _("Home health monitoring"),
    "in_treatment": _("In treatment"),
    "no_measure_needed": _("No measure needed"),
    "not_settled_yet": _("Not settled yet"),
}
WAYS: dict[int, Promise] = {
    Way.PHONE: _("By telephone"),
    Way.AT_THE_DOOR: _("At the door"),
    Way.DOCUMENT_SEEN: _("Document seen"),
    Way.ANOTHER_UNIT: _("Another unit says so"),
    Way.RECORDS: _("From records"),
    Way.HOUSEHOLD_MEMBER: _("A household member says so"),
}
RESULTS: dict[int, Promise] = {
    AttemptResult.REACHED: _("Reached"),
    AttemptResult.NO_ANSWER: _("No answer"),
    AttemptResult.NUMBER_WRONG: _("Number is wrong"),
    AttemptResult.REFUSED_TO_TALK: _("Would not talk"),
    AttemptResult.NOBODY_HOME: _("Nobody at home"),
    AttemptResult.ADDRESS_WRONG: _("Address is wrong"),
    AttemptResult.CALL_LATER: _("Asked to call later"),
}
ANOMALIES: dict[int, Promise] = {
    AnomalyKind.FEVER: _("Fever"),
    AnomalyKind.ALREADY_POSITIVE: _("Already positive"),
    AnomalyKind.REFUSES: _("Refuses"),
    AnomalyKind.PLACE_DANGEROUS: _("Place is dangerous"),
    AnomalyKind.WRONG_PERSON: _("Wrong person"),
    AnomalyKind.OTHER: _("Something else"),
}
ENDINGS: dict[int, Promise] = {
    Ending.FOUR_FACTS: _("Four facts established"),
    Ending.MOVED_ON: _("Moved on to another place"),
    Ending.DECEASED: _("Deceased"),
    Ending.DUPLICATE: _("Duplicate"),
    Ending.NEVER_FOUND: _("Never found"),
    Ending.WITHDRAWN: _("Withdrawn by the asker"),
}
# What a worker may say of a document that he was asked to look at.
SEEN: dict[str, Promise] = {code: FOUND[code] for code in (Found.NUMBER, Found.NO_DOCUMENT, Found.NOT_SHOWN)}
IDENTITY: dict[str, Promise] = {**FOUND, IdentityQuestion.WITHDRAWN: _("Taken back by the review")}
SETTLED_AS: dict[str, Promise] = {
    "ambulance_sent": _("Ambulance sent"),
    "handed_to_health": _("Handed to the health department"),
    "handed_to_police": _("Handed to public security"),
    "sent_support": _("Support sent"),
    "no_act_needed": _("No act needed"),
}
# In what lists contradict each other about a person.
CONTRADICTIONS: dict[str, Promise] = {
    "place": _("Two addresses"),
    "phone": _("Two telephones"),
    "birth_on": _("Two days of birth"),
    "sex": _("Two sexes"),
    "result": _("Two statuses"),
}
SETTLEMENTS: dict[str, Promise] = {
    "first_holds": _("The first round holds"),
    "second_holds": _("The second round holds"),
    "changed_since": _("Both were right: it has changed since"),
}
