from django import forms
from django.utils.translation import gettext_lazy as _

from shali.foundation.intake.queries.words import DIFFERENCES, FIELDS


class DifferenceForm(forms.Form):
    """Why the sender's number need not be ours."""

    difference = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *DIFFERENCES.items()])


def columns_said(posted: dict[str, str], sheets: list[dict[str, object]]) -> dict[str, dict[int, str]]:
    """Read the select boxes: by sheet, what each column is; a field that does not exist is passed over."""
    said: dict[str, dict[int, str]] = {}
    for name, value in posted.items():
        kind, _, place = name.partition("-")
        sheet, _, column = place.partition("-")
        if kind != "column" or value not in FIELDS or not (sheet.isdigit() and column.isdigit()):
            continue
        known = next((one for one in sheets if one["index"] == int(sheet)), None)
        if known is not None:
            said.setdefault(str(known["name"]), {})[int(column)] = value
    return said
