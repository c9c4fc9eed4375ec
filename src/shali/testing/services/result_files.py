"""Results out of a laboratory's file: read in a confined child, each line taken or named with what is wrong."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shali.foundation.clocks import city_zone
from shali.foundation.intake.reading import Reading as FileReading
from shali.foundation.intake.reading import UnreadableFile
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import ResultFile
from shali.testing.rules.result_file import HEADINGS, NEEDED, read_results
from shali.testing.services.results import take_results


def take_result_by_hand(*, scope: Scope, laboratory: str, said: Mapping[str, str], by: str, at: datetime) -> ResultFile:
    """Take one result as it was typed: tube, outcome, run, plate, well, ct_n, ct_orf, tested_at. Held as a file's are.

    :raises WrongInput: it names the first field that cannot be read
    """
    names = [name for name in HEADINGS if said.get(name, "").strip()]
    rows = [(1, names), (2, [said[name] for name in names])]
    found = read_results(rows, zone=city_zone())
    if not found.readings:
        field = found.wrong[0][1] if found.wrong else next((name for name in NEEDED if name not in names), "tube")
        raise WrongInput(
            _("Give at least the tube, its result, the run and the hour of testing as 2022-08-10 08:00."),
            fields={field: "wrong"},
        )
    return take_results(scope=scope, laboratory=laboratory, readings=found.readings, wrong=(), by=by, at=at)


def take_result_file(*, scope: Scope, laboratory: str, path: Path, file_name: str, by: str, at: datetime) -> ResultFile:
    """Take a laboratory's file (any spreadsheet or delimited text). No line is dropped: what is wrong is listed by row.

    :raises WrongInput: it cannot be read safely, or has no line of headings
    """
    reading = FileReading(path, name=file_name, as_it_stands=True)
    try:
        rows = [(row.row, row.texts) for row in reading.rows_as_they_stand()]
    except UnreadableFile as refused:
        raise WrongInput(refused.sentence(get_language() or "zh"), fields={"file": "unreadable"}) from refused
    found = read_results(rows, zone=city_zone())
    if not found.heading_row:
        raise WrongInput(
            _("No line of headings was found: it names at least tube, result, run and the hour of testing."),
            fields={"file": "no_headings"},
        )
    return take_results(scope=scope, laboratory=laboratory, readings=found.readings, wrong=found.wrong, by=by, at=at)
