"""The physician's packet as one form: flat fields, so that a conflict page can show each of them."""

from typing import Any

from django import forms

from accounts.models import Facility
from careplans import icd10
from careplans.models import Assessment
from careplans.selectors.assessment import levels
from careplans.selectors.path import clinicians
from core.forms import VersionedForm

DIAGNOSES = range(1, 5)
PLANS = range(1, 5)
RANKS = {1: "Primary diagnosis", 2: "Second diagnosis", 3: "Third diagnosis", 4: "Fourth diagnosis"}


class AssessmentForm(VersionedForm):
    """Findings, precautions, up to four diagnoses picked from the list, one to four available plans."""

    class Meta:
        model = Assessment
        fields = ["findings", "precautions"]
        labels = {"precautions": "Precautions for everyone who works with the person"}
        widgets = {
            "findings": forms.Textarea(attrs={"rows": 7}),
            "precautions": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["findings"].required = False
        kept = flat(self.instance) if self.instance.pk else {}
        for number in DIAGNOSES:
            self._add_diagnosis(number, kept)
        for number in PLANS:
            self._add_plan(number, kept)

    def _add_diagnosis(self, number: int, kept: dict[str, Any]) -> None:
        name = f"diagnosis_{number}"
        widget = forms.TextInput(attrs={"list": "icd10", "autocomplete": "off"})
        help_text = "Type a code or a word, then pick from the list." if number == 1 else ""
        self.fields[name] = forms.CharField(
            label=RANKS[number], required=False, initial=kept.get(name, ""), widget=widget, help_text=help_text
        )

    def _add_plan(self, number: int, kept: dict[str, Any]) -> None:
        prefix = f"plan_{number}"
        self.fields[f"{prefix}_title"] = forms.CharField(
            label=f"Available plan {number}", max_length=120, required=False, initial=kept.get(f"{prefix}_title", "")
        )
        self.fields[f"{prefix}_level"] = forms.ModelChoiceField(
            levels(),
            label="Level of care",
            required=False,
            empty_label="Not named",
            initial=kept.get(f"{prefix}_level"),
        )
        self.fields[f"{prefix}_description"] = forms.CharField(
            label="What it consists of",
            required=False,
            initial=kept.get(f"{prefix}_description", ""),
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number in DIAGNOSES:
            self._require_known(f"diagnosis_{number}", cleaned)
        for number in PLANS:
            self._require_title(f"plan_{number}", cleaned)
        return cleaned

    def _require_known(self, name: str, cleaned: dict[str, Any]) -> None:
        if cleaned.get(name) and icd10.code_of(cleaned[name]) is None:
            self.add_error(name, "Pick a diagnosis from the list, such as F11.20.")

    def _require_title(self, prefix: str, cleaned: dict[str, Any]) -> None:
        if cleaned.get(f"{prefix}_description") and not cleaned.get(f"{prefix}_title"):
            self.add_error(f"{prefix}_title", "Give this plan a name.")

    @property
    def plan_rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each available plan, for the template."""
        return [(self[f"plan_{n}_title"], self[f"plan_{n}_level"], self[f"plan_{n}_description"]) for n in PLANS]

    @property
    def diagnosis_rows(self) -> list[Any]:
        return [self[f"diagnosis_{n}"] for n in DIAGNOSES]

    def codes(self) -> list[str]:
        """The picked codes, the primary one first."""
        picked = [icd10.code_of(self.cleaned_data[f"diagnosis_{n}"] or "") for n in DIAGNOSES]
        return [code for code in picked if code]

    def plans(self) -> list[dict[str, Any]]:
        """The lines that have a title."""
        lines = [
            {
                "title": self.cleaned_data[f"plan_{n}_title"],
                "description": self.cleaned_data[f"plan_{n}_description"],
                "level_of_care": self.cleaned_data[f"plan_{n}_level"],
            }
            for n in PLANS
        ]
        return [line for line in lines if line["title"]]


def flat(assessment: Assessment) -> dict[str, Any]:
    """A packet under the names of the form's fields."""
    values: dict[str, Any] = {
        f"diagnosis_{number}": icd10.label_of(code) for number, code in enumerate(assessment.diagnosis_codes, 1)
    }
    for number, row in enumerate(assessment.available_plans.all(), 1):
        values[f"plan_{number}_title"] = row.title
        values[f"plan_{number}_level"] = row.level_of_care_id
        values[f"plan_{number}_description"] = row.description
    return values


class AssessmentRequestForm(forms.Form):
    clinician = forms.ModelChoiceField(queryset=None, label="Physician or other clinician", empty_label="Choose…")

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clinician"].queryset = clinicians(facility)  # type: ignore[attr-defined]
