"""The inquiry of three fields, the answer to it, the call about it."""

from datetime import date
from typing import Any

from django import forms

from core.text import digits
from intake.models import Referral, ReferralCall
from patients.selectors import Likeness
from patients.selectors.search import birth_dates
from staff.selectors import partners

NEW_PERSON = "new"
SHORTEST_NUMBER, LONGEST_NUMBER = 7, 15


class InquiryForm(forms.ModelForm):
    """Name, telephone or birth date, reason. The rest may wait; `person` settles a likely duplicate."""

    name = forms.CharField(
        max_length=300, help_text="First name, then family name; or family name, a comma, first name."
    )
    reach = forms.CharField(
        label="Telephone or birth date",
        max_length=40,
        help_text="Such as 555-010-4477 or 5/17/1990. Birth date finds people we know.",
    )
    person = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Referral
        fields = ["reason", "source", "partner", "priority", "referrer_name", "referrer_phone"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs |= {"autofocus": True, "autocomplete": "off"}
        self.fields["reach"].widget.attrs["autocomplete"] = "off"
        self.fields["reason"].required = True
        self.fields["reason"].strip = False
        self.fields["reason"].label = "Reason"
        self.fields["reason"].help_text = "What the person or referrer asks for, in their words."
        self.fields["source"].label = "Who asks"
        self.fields["partner"].queryset = partners()
        self.fields["partner"].label = "Partner organization"
        self.fields["partner"].empty_label = "None"
        self.fields["referrer_phone"].label = "Referrer's telephone"
        self.fields["referrer_name"].label = "Referrer's name"
        self.order_fields(["name", "reach", "reason", "source", "priority"])

    def clean_name(self) -> str:
        given, family = split_name(self.cleaned_data["name"])
        if len(given) > 200 or len(family) > 200:
            raise forms.ValidationError("A name has at most 200 characters.")
        if not family:
            raise forms.ValidationError("Give at least a family name.")
        return self.cleaned_data["name"]

    def clean_reach(self) -> str:
        reach = self.cleaned_data["reach"]
        if birth_dates(reach):
            return reach
        if not SHORTEST_NUMBER <= len(digits(reach)) <= LONGEST_NUMBER:
            raise forms.ValidationError("Give a telephone number (7 to 15 digits) or a birth date, such as 5/17/1990.")
        return reach

    def likeness(self) -> dict[str, Any]:
        """What is typed so far, as the duplicate check takes it; works on an unfinished form."""
        given, family = split_name(self.data.get("name", "").replace("\0", "")[:300].strip())
        birth_date, phone = split_reach(self.data.get("reach", "")[:40].strip())
        return {"given": given, "family": family, "birth_date": birth_date, "phone": phone}

    def choose(self, candidates: list[Likeness]) -> None:
        """Ask who it is when somebody likely is on the record; a choice must be one of those shown."""
        known = {str(row.patient.uuid): row.patient for row in candidates}
        chosen = self.cleaned_data.get("person", "")
        self.patient = known.get(chosen)
        if candidates and self.patient is None and chosen != NEW_PERSON:
            self.add_error(None, "Somebody on the record may be this person. Choose below who it is.")

    def referral(self) -> dict[str, Any]:
        """The keyword arguments of services.receive_referral."""
        names = ("reason", "source", "partner", "priority", "referrer_name", "referrer_phone")
        given, family = split_name(self.cleaned_data["name"])
        birth_date, phone = split_reach(self.cleaned_data["reach"])
        return {
            **{name: self.cleaned_data[name] for name in names},
            "given_name": given,
            "family_name": family,
            "birth_date": birth_date,
            "phone": phone,
        }


def split_name(text: str) -> tuple[str, str]:
    """("Marisol", "Rivera") from "Marisol Rivera" or "Rivera, Marisol"; one word is a family name."""
    if "," in text:
        family, _, given = text.partition(",")
        return (given.strip(), family.strip()) if family.strip() else ("", given.strip())
    given, _, family = text.strip().rpartition(" ")
    return given, family


def split_reach(text: str) -> tuple[date | None, str]:
    """A birth date, or else a telephone number as typed."""
    found = birth_dates(text)
    return (found[0], "") if found else (None, text if len(digits(text)) >= SHORTEST_NUMBER else "")


class DeclineForm(forms.ModelForm):
    class Meta:
        model = Referral
        fields = ["decline_reason", "decline_note"]
        widgets = {"decline_note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decline_reason"].required = True
        self.fields["decline_reason"].label = "Reason"
        self.fields["decline_note"].label = "Note"
        self.fields["decline_note"].help_text = "Where the person was pointed to, and whom we told."


class CallForm(forms.ModelForm):
    class Meta:
        model = ReferralCall
        fields = ["outcome", "note"]
        widgets = {"outcome": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].label = "What happened"
        self.fields["outcome"].choices = ReferralCall.Outcome.choices
        self.fields["note"].widget.attrs["autocomplete"] = "off"


class ReferralFilterForm(forms.Form):
    source = forms.ChoiceField(label="Who asks", required=False, choices=[("", "Everyone"), *Referral.Source.choices])
    priority = forms.ChoiceField(required=False, choices=[("", "Any"), *Referral.Priority.choices])

    def chosen(self) -> dict[str, str]:
        """Only values we offer; anything else filters nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
