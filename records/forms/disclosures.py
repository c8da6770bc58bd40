"""The shape of what is typed about disclosures."""

from typing import Any

from django import forms

from accounts.roles import DataClass
from records.models import Basis, Channel

OUTSIDE = [(row.value, row.label) for row in DataClass if row != DataClass.COUNSELING]
TOLD_BY = [(row.value, row.label) for row in (Channel.SPOKEN, Channel.FAX, Channel.PAPER)]


def day(label: str, *, help_text: str = "") -> forms.DateField:
    """A date that may be left empty."""
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


class PeriodForm(forms.Form):
    """From one day to another, both included."""

    first = day("From")
    last = day("Until")

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or self.cleaned_data
        if chosen.get("first") and chosen.get("last") and chosen["first"] > chosen["last"]:
            self.add_error("last", "The last day is before the first.")
        return chosen


class RegisterForm(PeriodForm):
    """What the register of disclosures is narrowed to."""

    basis = forms.ChoiceField(label="Permitted by", required=False, choices=[("", "Anything"), *Basis.choices])
    recipient = forms.CharField(label="Recipient", required=False, max_length=100)


class EmergencyForm(forms.Form):
    """What outside medical personnel were told in an emergency (42 CFR 2.51(c))."""

    recipient_name = forms.CharField(label="Who was told", max_length=200, help_text="Name and profession.")
    affiliation = forms.CharField(
        label="Of which hospital, ambulance or practice", max_length=200,
        error_messages={"required": "Say where they work: only medical personnel may be told by this exception."},
    )  # fmt: skip
    contact = forms.CharField(label="Telephone or address", max_length=300)
    emergency = forms.CharField(
        label="Nature of the emergency", widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )
    told = forms.CharField(label="What was told", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
    data_classes = forms.MultipleChoiceField(
        label="Kinds of record it came from", choices=OUTSIDE, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one."},
    )  # fmt: skip
    channel = forms.ChoiceField(label="How", choices=TOLD_BY, widget=forms.RadioSelect, initial=Channel.SPOKEN)


class CorrectionForm(forms.Form):
    """What is right about a disclosure that was recorded wrongly."""

    recipient_name = forms.CharField(label="Recipient", max_length=200)
    recipient_affiliation = forms.CharField(label="Affiliation", max_length=200, required=False)
    recipient_address = forms.CharField(label="Address", max_length=300, required=False)
    description = forms.CharField(label="What was disclosed", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
    never_left = forms.BooleanField(
        label="It never left", required=False, help_text="It was recorded, but nothing was sent or said after all."
    )
