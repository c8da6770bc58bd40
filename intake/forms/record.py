"""Demographics and coverage."""

from typing import Any

from django import forms

from core.forms import VersionedForm
from core.text import digits
from intake.models import Coverage
from intake.services import Contact
from patients.languages import language_choices
from patients.models import Patient

ADDRESS = ("line", "city", "state", "postal_code")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DemographicsForm(VersionedForm):
    """The patient row, and beside it the first telephone, e-mail, home address and emergency contact."""

    language = forms.ChoiceField()
    phone = forms.CharField(label="Telephone", max_length=40, required=False)
    leave_no_message = forms.BooleanField(label="Leave no message at this number", required=False)
    email = forms.EmailField(label="E-mail", required=False)
    line = forms.CharField(label="Street", max_length=300, required=False)
    city = forms.CharField(max_length=120, required=False)
    state = forms.CharField(max_length=80, required=False)
    postal_code = forms.CharField(label="ZIP code", max_length=20, required=False)
    emergency_name = forms.CharField(label="Name", max_length=200, required=False)
    emergency_relationship = forms.CharField(label="Relationship", max_length=80, required=False)
    emergency_phone = forms.CharField(label="Telephone", max_length=40, required=False)

    IDENTITY = (
        "given_name", "family_name", "preferred_name", "pronouns", "birth_date", "gender", "gender_identity",
        "language", "interpreter_needed",
    )  # fmt: skip

    class Meta:
        model = Patient
        fields = [
            "given_name", "family_name", "preferred_name", "pronouns", "birth_date", "gender", "gender_identity",
            "language", "interpreter_needed",
        ]  # fmt: skip
        widgets = {"birth_date": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices(self.instance.language)
        self.fields["given_name"].widget.attrs["autofocus"] = True
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_phone(self) -> str:
        return _number(self.cleaned_data["phone"])

    def clean_emergency_phone(self) -> str:
        return _number(self.cleaned_data["emergency_phone"])

    def identity(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.IDENTITY}

    def contact(self) -> Contact:
        names = ("phone", "leave_no_message", "email", "emergency_name", "emergency_relationship", "emergency_phone")
        address = {name: self.cleaned_data[name] for name in ADDRESS}
        return Contact(address=address, **{name: self.cleaned_data[name] for name in names})


def _number(value: str) -> str:
    if value and not 7 <= len(digits(value)) <= 20:
        raise forms.ValidationError("A telephone number has at least 7 digits, such as 555-010-4477.")
    return value


class CoverageForm(VersionedForm):
    class Meta:
        model = Coverage
        fields = [
            "is_self_pay", "payer_name", "plan_name", "member_id", "group_number", "relationship", "order",
            "starts_on", "ends_on",
        ]  # fmt: skip
        widgets = {"starts_on": DayInput, "ends_on": DayInput, "member_id": forms.TextInput}
        labels = {
            "is_self_pay": "The person pays (self-pay)",
            "payer_name": "Payer",
            "plan_name": "Plan",
            "member_id": "Member ID",
            "relationship": "Relationship to the policy holder",
            "order": "Pays in which place",
            "starts_on": "From",
            "ends_on": "Until",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payer_name"].required = False
        self.fields["member_id"].max_length = 80
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_member_id(self) -> str:
        if len(self.cleaned_data["member_id"]) > 80:
            raise forms.ValidationError("A member ID has at most 80 characters.")
        return self.cleaned_data["member_id"]

    def clean_order(self) -> int:
        if not 1 <= self.cleaned_data["order"] <= 9:
            raise forms.ValidationError("1 pays first; up to 9.")
        return self.cleaned_data["order"]


class CoverageCheckForm(forms.Form):
    via = forms.ChoiceField(label="How it was checked", choices=Coverage.CheckedVia.choices, widget=forms.RadioSelect)
    is_active = forms.TypedChoiceField(
        label="What the payer says",
        choices=[("yes", "The coverage is in force"), ("no", "The coverage has ended")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        initial="yes",
    )
    authorised_until = forms.DateField(
        label="Authorized until",
        required=False,
        widget=DayInput,
        help_text="Leave empty if no authorization is needed.",
    )
    note = forms.CharField(
        max_length=300, required=False, help_text="Whom you spoke to, reference number, copay, days authorized."
    )
