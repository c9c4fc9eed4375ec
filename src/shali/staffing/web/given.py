"""What forms of this desk send."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from shali.foundation.ui.refusal import WrongInput


def must_hour(request: HttpRequest, name: str) -> datetime:
    """Read an hour that has to be given (2022-08-11T06:00, the city's own clock).

    :raises WrongInput: it is none
    """
    try:
        read = parse_datetime(request.POST.get(name, "").strip())
    except ValueError:
        read = None
    if read is None:
        raise WrongInput(_("Write the hour as 2022-08-10 08:00."), fields={name: "hour"})
    return read if read.tzinfo else timezone.make_aware(read)
