from django.utils.translation import gettext_lazy as _

KINDS = {
    "sampler": _("sampler"),
    "registrar": _("registrar"),
    "volunteer": _("volunteer"),
    "cadre": _("cadre sent down"),
}
