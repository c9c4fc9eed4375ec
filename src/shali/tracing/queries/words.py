"""The words of the desk's codes, in both languages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shali.tracing.rules import Classification, Seen

CLASSIFICATIONS: dict[int, Promise] = {
    Classification.SUSPECT: _("Suspect case"),
    Classification.PROBABLE: _("Probable case"),
    Classification.CONFIRMED: _("Confirmed case"),
    Classification.ASYMPTOMATIC: _("Asymptomatic infection"),
    Classification.DISCARDED: _("Discarded"),
}
EVIDENCE: dict[str, Promise] = {
    "laboratory_result": _("Laboratory result"),
    "clinical_finding": _("Clinical finding"),
    "other_city_report": _("Report of another city"),
    "expert_review": _("Review by experts"),
    "retest_negative": _("Negative on re-test"),
    "mistake": _("Entered by mistake"),
}
ORIGINS: dict[str, Promise] = {
    "laboratory": _("Laboratory"),
    "other_city": _("City elsewhere"),
    "by_hand": _("Entered by hand"),
    "contact": _("Found as a contact"),
}
ACTS: dict[str, Promise] = {
    "opened": _("Case opened"),
    "classified": pgettext_lazy("case", "Classified"),
    "isolated": _("Isolated"),
    "linked": _("Source of infection named"),
    "unlinked": _("Source of infection taken back"),
    "core_done": _("Core information complete"),
    "report_done": _("Report complete"),
}
SITUATIONS: dict[str, Promise] = {
    "live_together": _("Lived together"),
    "cares_for": _("Cared for or treated the person"),
    "aerosol_procedure": _("Same space during a procedure that makes aerosols"),
    "same_space": _("Same office, workshop, lift, canteen or classroom"),
    "shared_meal": _("Shared a meal or entertainment in a closed space"),
    "visitor": _("Visited the person"),
    "same_vehicle": _("Same vehicle, near by"),
    "contaminated_place": _("Was in a contaminated place"),
    "field_judgement": _("Judged on the spot"),
}
PROTECTIONS: dict[str, Promise] = {
    "none": _("No protection"),
    "partly": _("Partly protected"),
    "effective": _("Effectively protected"),
    "unknown": _("Protection not known"),
}
CERTAINTIES: dict[str, Promise] = {
    "claimed": _("Only told"),
    "probable": _("Probable"),
    "confirmed": _("Confirmed by records"),
}
CLASSES: dict[str, Promise] = {
    "close_contact": _("Close contact"),
    "contact_of_contact": _("Contact of a contact"),
    "general_contact": _("General contact"),
}
WHY: dict[str, Promise] = {
    "met_case": _("Met a case within its infectious days, without effective protection"),
    "met_contact": _("Met a close contact after that contact's own exposure"),
    "before_infectious": _("The last meeting lies before the infectious days"),
    "after_isolation": _("The first meeting lies after the other was isolated"),
    "protected": _("Both were effectively protected"),
    "claimed_only": _("Only told so far; nobody confirmed it"),
    "source_discarded": _("The case was discarded"),
    "source_not_close": _("The contact he met is no close contact"),
    "period_over": _("Found when the days of the rule were over"),
    "withdrawn": _("Every relationship was taken back"),
    "not_judged": _("Not judged yet"),
}
CAUSES: dict[str, Promise] = {
    "judged": _("Judged"),
    "new_exposure": _("A new exposure"),
    "withdrawn": _("A relationship was taken back"),
    "rules_changed": _("The rules changed"),
    "case_dates": _("The case changed"),
}
GAPS: dict[str, Promise] = {
    "not_moved": _("Not moved within the limit"),
    "no_measure": _("No measure in force"),
    "no_decision": _("No decision"),
    "no_place": _("No place to stay"),
    "missed_twice": _("Missed on several days"),
    "test_due": _("A test is due"),
    "not_observed": _("Not observed today"),
    "not_released": _("Last day over, not released"),
}
MEASURES: dict[str, Promise] = {
    "central_isolation": _("Central isolation"),
    "home_isolation": _("Home isolation"),
    "home_monitoring": _("Home health monitoring"),
}
PLACES: dict[str, Promise] = {
    "site": _("Isolation site"),
    "home": _("At home"),
    "hospital": _("Hospital"),
    "elsewhere": _("Elsewhere"),
}
SEEN: dict[int, Promise] = {
    Seen.WELL: _("Seen, well"),
    Seen.UNWELL: _("Seen, unwell"),
    Seen.MISSED: _("Not reached"),
    Seen.NOT_ATTEMPTED: _("Not attempted"),
}
SYMPTOMS: dict[str, Promise] = {
    "fever": _("Fever"),
    "cough": _("Cough"),
    "sore_throat": _("Sore throat"),
    "fatigue": _("Fatigue"),
    "taste": _("Loss of smell or taste"),
    "other": pgettext_lazy("symptom", "Other"),
}
STATES: dict[int, Promise] = {
    1: _("Under observation"),
    2: pgettext_lazy("contact", "Released"),
    3: _("Became a case"),
    4: _("No contact after all"),
    5: _("Lost"),
}
TRANSPORTS: dict[str, Promise] = {
    "walk": _("On foot"),
    "bicycle": _("Bicycle"),
    "car": _("Own car"),
    "taxi": _("Taxi"),
    "bus": _("Bus"),
    "coach": _("Coach"),
    "train": _("Train"),
    "flight": _("Flight"),
    "ship": _("Ship"),
    "other": pgettext_lazy("transport", "Other"),
}
VENTILATIONS: dict[str, Promise] = {
    "outdoors": _("Outdoors"),
    "open": _("Windows open"),
    "closed": _("Closed, no ventilation"),
}
WITHDRAWALS: dict[str, Promise] = {
    "entered_by_mistake": _("Entered by mistake"),
    "was_not_there": _("Was not there"),
    "other_person": _("It was another person"),
    "told_wrongly": _("Was told wrongly"),
}
SOURCE_CERTAINTIES: dict[str, Promise] = {"proven": _("Proven by records"), "inferred": _("Inferred")}
# What a link rests on, where the rule made it; else an officer wrote what.
BASES: dict[str, Promise] = {"met_last": _("by the rule: the case met last")}
CASE_FILTERS: dict[str, Promise] = {
    "open": _("Under investigation"),
    "core_overdue": _("Core information overdue"),
    "report_overdue": _("Report overdue"),
    "no_source": _("Without a source"),
    "discarded": _("Discarded"),
    "all": _("All cases"),
}
MEMBER_ANSWERS: dict[str, Promise] = {
    "was_there": _("Was there"),
    "was_not_there": _("Was not there"),
    "cannot_say": _("Cannot say"),
}
CAME_BY: dict[str, Promise] = {
    "file": _("From a file"),
    "visits": _("From visits"),
    "told": _("Named by a case"),
    "hand": _("Entered by hand"),
}
SETTLEMENTS: dict[str, Promise] = {
    "first_holds": _("The first answer holds"),
    "second_holds": _("The second answer holds"),
}
