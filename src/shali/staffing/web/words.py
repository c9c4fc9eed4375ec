from django.utils.translation import gettext_lazy as _

KINDS = {
    "sampler": _("sampler"),
    "registrar": _("registrar"),
    "volunteer": _("volunteer"),
    "cadre": _("cadre sent down"),
}
# How training stands; n: days.
TRAINING = {
    "all": _("All"),
    "ended": _("training has ended"),
    "soon": _("training ends within %(n)d days"),
}
# Why somebody may not be asked for a shift.
WHY_NOT = {
    "not_trained": _("training does not reach to that day"),
    "busy": _("stands elsewhere until"),
    "not_rested": _("rests until"),
    "no_rest_before": _("would not be rested for the shift that begins"),
}
CALL_STATES = {
    "waiting": _("has not answered"),
    "overdue": _("has not answered, overdue"),
    "accepted": _("accepted"),
    "declined": _("declined"),
    "over": _("ended without an answer"),
}
OWN_STATES = {
    "waiting": _("waits for your answer"),
    "accepted": _("accepted"),
    "declined": _("declined"),
    "filled": _("enough others have accepted"),
    "over": _("call-up ended"),
}
