"""The words of this room's codes. Kinds, articles and channels have theirs in the rule pack."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STANDINGS: dict[str, Promise] = {
    "proposed": pgettext_lazy("measure", "Waits for a decision"),
    "refused": pgettext_lazy("measure", "Refused"),
    "withdrawn": pgettext_lazy("measure", "Withdrawn"),
    "coming": pgettext_lazy("measure", "Not begun"),
    "in_force": pgettext_lazy("measure", "In force"),
    "lifted": pgettext_lazy("measure", "Lifted"),
    "expired": pgettext_lazy("measure", "Run out"),
}
ORIGINS: dict[str, Promise] = {
    "case": pgettext_lazy("origin", "Case"),
    "contact": pgettext_lazy("origin", "Close contact"),
    "exposure": pgettext_lazy("origin", "Exposure"),
    "list_entry": pgettext_lazy("origin", "Entry of a pushed list"),
    "arrival": pgettext_lazy("origin", "Arrival from elsewhere"),
    "risk_area": pgettext_lazy("origin", "Risk area"),
    "measure": pgettext_lazy("origin", "Earlier measure"),
}
EVIDENCE: dict[str, Promise] = {
    "investigation": _("Investigation report"),
    "laboratory_result": _("Laboratory result"),
    "exposure_record": _("Record of the exposure"),
    "pushed_list": _("Pushed list"),
    "official_letter": _("Official letter"),
}
HOW_SERVED: dict[str, Promise] = {
    "in_person": _("Handed over in person"),
    "telephone": pgettext_lazy("served", "By telephone"),
    "message": _("By message"),
    "posted": _("Posted up"),
}
LIFT_REASONS: dict[str, Promise] = {
    "ruled_out": _("Infection ruled out"),
    "conditions_met": _("Conditions of release met"),
    "appeal": _("After an appeal"),
    "moved": _("Moved to other hands"),
    "mistake": _("Given by mistake"),
    "superseded": _("Superseded by another measure"),
}
REFUSALS: dict[str, Promise] = {
    "no_ground": _("The ground does not hold"),
    "wrong_person": pgettext_lazy("measure", "Wrong person"),
    "milder_suffices": _("A milder measure suffices"),
    "terms_wrong": _("Its hours are wrong"),
}
APPEAL_WAYS: dict[str, Promise] = {
    "community": _("Through the community"),
    "paper": _("On paper"),
    "telephone": pgettext_lazy("appeal", "By telephone"),
}
OUTCOMES: dict[str, Promise] = {
    "upheld": _("Measure stands"),
    "lifted": _("Measure was lifted"),
    "changed": _("Measure was changed"),
}
ACTS: dict[str, Promise] = {
    "proposed": pgettext_lazy("measure act", "Proposed"),
    "approved": pgettext_lazy("measure act", "Approved"),
    "refused": pgettext_lazy("measure act", "Refused"),
    "withdrawn": pgettext_lazy("measure act", "Withdrawn"),
    "served": _("Notice served"),
    "lifted": pgettext_lazy("measure act", "Lifted"),
    "appealed": _("Appeal lodged"),
    "appeal_decided": _("Appeal answered"),
    "printed": _("Order downloaded"),
}
