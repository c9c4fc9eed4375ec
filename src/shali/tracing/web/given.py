"""What forms send: hours and days as a browser writes them, lines as a spreadsheet is pasted."""

from datetime import date, datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from shali.foundation.ui.refusal import WrongInput
from shali.tracing.queries import words
from shali.tracing.services.contacts import Line, Meeting
from shali.tracing.services.persons import Named

PERSON_COLUMNS = 4
COLUMNS = 8


def hour_of(request: HttpRequest, name: str) -> datetime | None:
    """Read an hour of a form (2022-08-10T08:00, the city's own clock).

    :raises WrongInput: it is none
    """
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    return _hour(text, name)


def _hour(text: str, name: str) -> datetime:
    try:
        read = parse_datetime(text)
    except ValueError:
        read = None
    if read is None:
        raise WrongInput(_("Write the hour as 2022-08-10 08:00."), fields={name: "hour"})
    return read if read.tzinfo else timezone.make_aware(read)


def must_hour(request: HttpRequest, name: str) -> datetime:
    """Read an hour that has to be given."""
    found = hour_of(request, name)
    if found is None:
        raise WrongInput(_("Give the hour."), fields={name: "missing"})
    return found


def day_of_form(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        read = parse_date(text)
    except ValueError:
        read = None
    if read is None:
        raise WrongInput(_("Write the day as 2022-08-10."), fields={name: "day"})
    return read


def skip_of(request: HttpRequest) -> int:
    text = request.GET.get("after", "")
    return min(int(text), 100_000) if text.isdigit() else 0


def meeting_of(request: HttpRequest) -> Meeting:
    """Read how somebody was met from a form's fields.

    :raises WrongInput: an hour is missing or wrong
    """
    form = request.POST
    first = must_hour(request, "first_at")
    return Meeting(
        first_at=first,
        last_at=hour_of(request, "last_at") or first + timedelta(minutes=10),
        situation=form.get("situation", ""),
        protection=form.get("protection", "none"),
        certainty=form.get("certainty", "probable"),
        place=form.get("place", "").strip()[:200],
    )


def lines_of(request: HttpRequest) -> list[Line]:
    """Read contacts from lines: name, document, telephone, address, and if they differ first, last, situation, place.

    As pasted from a spreadsheet (columns by tabs) or typed (by commas). What a line leaves out, the form above says.
    :raises WrongInput: a line cannot be read; the message names it
    """
    common = meeting_of(request)
    return [_line(cells, number, common) for number, cells in _pasted(request, COLUMNS)]


def people_of_lines(request: HttpRequest) -> list[Named]:
    """Read people from lines: name, document, telephone, address; pasted or typed as in `lines_of`.

    :raises WrongInput: a line cannot be read; the message names it
    """
    return [_named(cells, number) for number, cells in _pasted(request, PERSON_COLUMNS)]


def _pasted(request: HttpRequest, columns: int) -> list[tuple[int, list[str]]]:
    """Return each line that is not blank by its number, as so many cells."""
    lines = []
    for number, text in enumerate(request.POST.get("lines", "").splitlines(), start=1):
        if not text.strip():
            continue
        parted = text.split("\t") if "\t" in text else text.replace("，", ",").split(",")
        cells = [cell.strip() for cell in parted]
        if len(cells) > columns:
            said = _("Line %(n)d has %(have)d columns; at most %(most)d are read.")
            raise WrongInput(said % {"n": number, "have": len(cells), "most": columns}, fields={"lines": str(number)})
        lines.append((number, cells + [""] * (columns - len(cells))))
    if not lines:
        raise WrongInput(_("Write at least one line."), fields={"lines": "empty"})
    return lines


def _named(cells: list[str], number: int) -> Named:
    name, document, phone, address = cells[:PERSON_COLUMNS]
    if not name:
        raise WrongInput(_("Line %(n)d has no name.") % {"n": number}, fields={"lines": str(number)})
    return Named(name[:60], document[:40], phone[:20], address[:200])


def _line(cells: list[str], number: int, common: Meeting) -> Line:
    whom = _named(cells, number)
    first, last, situation, place = cells[PERSON_COLUMNS:]
    try:
        first_at = _hour(first, "lines") if first else common.first_at
        last_at = _hour(last, "lines") if last else max(common.last_at, first_at)
    except WrongInput:
        said = _("Line %(n)d: write the hours as 2022-08-10 08:00.") % {"n": number}
        raise WrongInput(said, fields={"lines": str(number)}) from None
    met = Meeting(
        first_at,
        last_at,
        _situation(situation, number) or common.situation,
        common.protection,
        common.certainty,
        place or common.place,
    )
    return Line(whom, met)


def _situation(text: str, number: int) -> str:
    """Read a situation by its code or by its words in either language."""
    if not text or text in words.SITUATIONS:
        return text
    found = next((code for code, said in words.SITUATIONS.items() if str(said) == text), "")
    if not found:
        said = _("Line %(n)d: there is no situation '%(what)s'.") % {"n": number, "what": text[:40]}
        raise WrongInput(said, fields={"lines": str(number)})
    return found
