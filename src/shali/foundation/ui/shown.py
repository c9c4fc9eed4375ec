"""An act on everything that a page counts: never on more than the number that stood on its button."""

from django.utils.translation import gettext as _

from shali.foundation.ui.formats import num
from shali.foundation.ui.refusal import MoreThanSaid, WrongInput

DIGITS = 9


def shown_of(text: str) -> int | None:
    """Read the number that a button for all of them sends; None where it sends none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def refuse_more(now: int, shown: int | None) -> None:
    """Refuse to act on `now` of them where fewer were shown.

    :raises WrongInput: how many were shown is not said
    :raises MoreThanSaid: there are more by now
    """
    if shown is None:
        said = _("There are %(n)s of them. Say that number with it, to take them all.")
        raise WrongInput(said % {"n": num(now)}, fields={"count": "missing"})
    if now > shown:
        said = _("There are %(now)s of them by now, %(then)s were shown. Nothing was done; look again.")
        raise MoreThanSaid(said % {"now": num(now), "then": num(shown)})
