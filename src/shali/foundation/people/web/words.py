"""The words of the room's codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DOCUMENTS: dict[int, Promise] = {
    1: _("Resident ID"),
    2: _("Resident ID of 15 digits"),
    3: _("Passport"),
    4: _("Hong Kong or Macau permit"),
    5: _("Taiwan permit"),
    6: _("Residence permit of Hong Kong, Macau or Taiwan residents"),
    7: _("Foreign permanent resident ID"),
    9: _("Document of unknown kind"),
}
ADDRESSES: dict[int, Promise] = {1: _("Home"), 2: _("Stays at"), 3: _("Works at"), 4: _("Registered at")}
SOURCES: dict[str, Promise] = {"register": _("residents' register"), "batch": _("a pushed list")}
FIELDS: dict[str, Promise] = {
    "name": _("Name"),
    "document": _("Document number"),
    "phone": _("Telephone"),
    "address": pgettext_lazy("of a person", "Address"),
    "birth": _("Day of birth"),
}
MERGES: dict[int, Promise] = {
    1: _("Waits for a second person"),
    2: _("One record"),
    3: pgettext_lazy("of a merge", "Refused"),
    4: _("Taken apart again"),
}
MERGE_REASONS: dict[str, Promise] = {
    "same_document": _("The same document"),
    "same_telephone_and_name": _("The same telephone and name"),
    "said_so": _("The person says so"),
    "review": _("Decided in the review"),
}
