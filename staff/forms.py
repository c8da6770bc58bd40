"""The shape of what is typed about practitioners, credentials and partners."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.forms import FilesField, VersionedForm
from staff.codes import STATES, validate_dea_number, validate_npi
from staff.models import Credential, PartnerOrganization, Practitioner, PractitionerRole
from staff.services import MISTAKES

# What lapses has an end, or nobody would be warned.
LAPSES = {Credential.Kind.LICENSE, Credential.Kind.DEA, Credential.Kind.MALPRACTICE, Credential.Kind.BLS}
BY_STATE = {Credential.Kind.LICENSE, Credential.Kind.DEA}


def date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class FilterForm(forms.Form):
    """Search above a list."""

    q = forms.CharField(label="Name or specialty", required=False, max_length=80)
    kind = forms.ChoiceField(label="Kind", choices=[("", "All"), *Practitioner.Kind.choices], required=False)


class PractitionerForm(VersionedForm):
    class Meta:
        model = Practitioner
        fields = ["prefix", "given_name", "family_name", "suffix", "kind", "specialty", "npi", "email", "phone",
                  "is_active"]  # fmt: skip
        labels = {"prefix": "Title before the name", "suffix": "Letters after the name", "is_active": "Active"}
        help_texts = {"npi": "Ten digits, for those who bill or prescribe.", "specialty": "Such as addiction medicine."}

    def clean_npi(self) -> str:
        npi: str = self.cleaned_data["npi"].strip()
        if npi:
            validate_npi(npi)
        return npi


class NewPractitionerForm(PractitionerForm):
    """With the role here, for a person who is new."""

    title = forms.CharField(label="Works here as", max_length=120, required=False)
    starts_on = forms.DateField(label="From", required=False, widget=date_input())

    class Meta(PractitionerForm.Meta):
        fields = [name for name in PractitionerForm.Meta.fields if name != "is_active"]


class RoleForm(VersionedForm):
    class Meta:
        model = PractitionerRole
        fields = ["title", "starts_on", "ends_on"]
        labels = {"title": "Works here as", "starts_on": "From", "ends_on": "Last day"}
        widgets = {"starts_on": date_input(), "ends_on": date_input()}
        help_texts = {"ends_on": "After this day nobody can book this practitioner here."}

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or self.cleaned_data
        starts, ends = chosen.get("starts_on"), chosen.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "The last day is before the first.")
        return chosen


class CredentialForm(VersionedForm):
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "—"), *STATES.items()], help_text="For a license or DEA number."
    )

    class Meta:
        model = Credential
        fields = ["kind", "number", "state", "issued_on", "expires_on"]
        labels = {"issued_on": "In force from", "expires_on": "Last day in force"}
        widgets = {"issued_on": date_input(), "expires_on": date_input()}

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or self.cleaned_data
        kind, number = chosen.get("kind"), chosen.get("number", "")
        if kind in BY_STATE and not chosen.get("state"):
            self.add_error("state", "Choose the state that issued it.")
        if kind in LAPSES and not chosen.get("expires_on") and "expires_on" not in self.errors:
            self.add_error("expires_on", "Give the last day it is in force, so that people are warned in time.")
        if kind == Credential.Kind.DEA:
            self._check_dea(number)
        return chosen

    def _check_dea(self, number: str) -> None:
        try:
            validate_dea_number(number)
        except ValidationError as error:
            self.add_error("number", error)


class VerifyForm(forms.Form):
    """What the primary source said."""

    source = forms.CharField(
        label="Source asked", max_length=120, help_text="Such as the state board's license lookup."
    )
    verified_on = forms.DateField(label="Asked on", widget=date_input(), initial=timezone.localdate)
    outcome = forms.ChoiceField(
        label="What it said",
        widget=forms.RadioSelect,
        choices=[("confirmed", "It is in force, as recorded"), ("refused", "It is not, or differs from the record")],
    )


class CredentialFilesForm(forms.Form):
    """Copies of the papers behind a credential."""

    files = FilesField(
        label="Files", error_messages={"required": "Choose a file, or take a picture."},
        help_text="PDF, pictures, Word, Excel, OpenDocument or plain text.",
    )  # fmt: skip


class NewerFileForm(forms.Form):
    files = FilesField(label="File", several=False, error_messages={"required": "Choose the newer file."})


class MistakeForm(forms.Form):
    mistake = forms.ChoiceField(choices=list(MISTAKES.items()))


class PartnerForm(VersionedForm):
    class Meta:
        model = PartnerOrganization
        fields = ["name", "kind", "phone", "line", "city", "state", "postal_code", "is_active"]
        labels = {"postal_code": "ZIP code", "is_active": "Active"}
