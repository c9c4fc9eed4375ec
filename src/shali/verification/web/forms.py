from collections.abc import Sequence
from datetime import datetime
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from shali.foundation.clocks import city_zone, now
from shali.verification.queries.words import CHANNELS
from shali.verification.services.receive import HandOver


class ReceiveForm(forms.Form):
    """The sender's words about his list, and the list."""

    file = forms.FileField(label=_("File"), help_text=_("Excel (.xlsx, .xls) or CSV, as it came."))
    channel = forms.TypedChoiceField(label=_("Channel"), coerce=int, choices=list(CHANNELS.items()))
    sender = forms.CharField(label=_("Sender"), max_length=120)
    sender_reference = forms.CharField(label=_("Sender's reference"), max_length=120, required=False)
    announced = forms.IntegerField(
        label=_("How many people the sender announces"),
        required=False,
        min_value=0,
        max_value=10_000_000,
        help_text=_("Leave empty when the sender gives no number. A difference is shown and never silent."),
    )
    handed_over_at = forms.DateTimeField(
        label=_("Handed over at"),
        help_text=_("The 24 hours run from here, not from the upload."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    asked = forms.CharField(label=_("What is asked"), max_length=200, required=False)
    corrects = forms.ChoiceField(
        label=_("Sent in place of"),
        required=False,
        help_text=_("A mended list sent again is laid beside the first: what is new, gone, changed."),
    )

    def __init__(self, *args: object, lists: Sequence[tuple[str, str]] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through unchanged
        field = cast(forms.ChoiceField, self.fields["corrects"])
        field.choices = [("", _("No list: it is a new one")), *lists]
        self.fields["handed_over_at"].initial = now().astimezone(city_zone())

    def clean_handed_over_at(self) -> datetime:
        given: datetime = self.cleaned_data["handed_over_at"]
        if given > now():
            raise forms.ValidationError(_("This hour has not come yet. Write when the list was handed over."))
        return given

    def hand_over(self) -> HandOver:
        clean = self.cleaned_data
        return HandOver(
            channel=clean["channel"],
            sender=clean["sender"].strip(),
            sender_reference=clean["sender_reference"].strip(),
            announced=clean["announced"],
            handed_over_at=clean["handed_over_at"],
            asked=clean["asked"].strip(),
            corrects=clean["corrects"],
        )


class EndingForm(forms.Form):
    """The lawful ends other than the four facts; each asks for what proves it."""

    ending = forms.ChoiceField(
        choices=[
            ("moved_on", ""),
            ("deceased", ""),
            ("duplicate", ""),
            ("never_found", ""),
            ("agree", ""),
            ("refuse", ""),
        ]
    )
    taken_over_by = forms.CharField(max_length=120, required=False)
    receipt = forms.CharField(max_length=60, required=False)
    evidence = forms.CharField(max_length=120, required=False)
    duplicate_of = forms.CharField(max_length=12, required=False)
    note = forms.CharField(max_length=500, required=False)
    seen = forms.IntegerField(required=False)
