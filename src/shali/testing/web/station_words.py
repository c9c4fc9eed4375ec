"""What the station says, in the language of its page: it has no dictionary of its own."""

from django.utils.translation import gettext as _


def station_words() -> dict[str, str]:
    """Return the sentences of the station by their codes."""
    return {
        "expected": _("Right: on the roster. Sampled."),
        "exempt": _("On the roster as exempt; sampled all the same."),
        "owes": _("Recalled: sampled in a tube of his own."),
        "owes_single": _(
            "This person is recalled and owes a tube of his own. Seal this one, and open a tube for 1 person."
        ),
        "guest": _("Not on this point's roster; sampled as a guest."),
        "sealed": _("The tube is full and sealed. Take a new one."),
        "tube_opened": _("Tube opened."),
        "taken_out": _("Taken out of the tube."),
        "moved": _("Moved to the open tube."),
        "move_where": _("Open the tube in which his swab lies; he can be moved to no other."),
        "last_in_tube": _("He is the only one in a sealed tube. Void the tube."),
        "is_open": _("being filled"),
        "is_sealed": _("sealed"),
        "voided": _("The tube is void. Its people are sampled again."),
        "boxed": _("The box is closed. Stick its seal on."),
        "label": _("This is no label. Scan the tube's or the seal's code."),
        "tube_open": _("A tube is open. Seal it first."),
        "label_used": _("This label was used at this table already. Take another tube."),
        "zone_size": _("This point opens no tubes of this size. Choose the size again."),
        "no_tube": _("Scan a tube's label first."),
        "full": _("The tube is full."),
        "twice": _("This person was sampled at this table already."),
        "nobody": _("Nobody can be taken out now."),
        "empty_tube": _("Nobody is in the tube."),
        "empty_box": _("No sealed tube lies on the table."),
        "count": _("The count on the table differs from the count on the screen. Count again; do not close the box."),
        "empty": _("Nothing was read."),
        "code": _("This code is none of ours."),
        "passport": _("The passport's lines were not read whole. Again, or type the number."),
        "id_check": _("This ID number has a wrong digit. Read the card again."),
        "id_length": _("This number is too short or too long for an ID card."),
        "unknown": _("This is no document that is known here. Read again, or choose 'No document'."),
        "sending": _("What this table has written is being sent."),
        "no_pack": _("The roster has not come yet. It is asked for again in a moment."),
        "no_network": _("No network: a device is let in once, with a network."),
        "no_camera": _("The camera cannot be used. Use the reader, or type."),
        "no_document": _("no document"),
        "field_person": _("Reader, or type the document's number"),
        "field_label": _("Reader, or type the tube's label"),
        "slots": _("Tube of {size}: {n} sampled"),
    }
