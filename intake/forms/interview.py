"""The interview with its substances."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from core.forms import VersionedForm
from intake.models import IntakeInterview, SubstanceUse

TEXTS = ("presenting_concern", "health_history", "medications", "recovery_environment", "strengths_and_wishes")
RANKS = ("Primary substance", "Second substance", "Third substance")
OLDEST = 120


class InterviewForm(VersionedForm):
    class Meta:
        model = IntakeInterview
        fields = [
            "presenting_concern", "prior_treatments", "self_help", "living_arrangement", "employment",
            "arrests_30_days", "health_history", "medications", "recovery_environment", "strengths_and_wishes",
        ]  # fmt: skip
        labels = {
            "presenting_concern": "What brings the person here",
            "prior_treatments": "Earlier treatment episodes",
            "self_help": "Self-help groups, past 30 days",
            "arrests_30_days": "Arrests, past 30 days",
            "recovery_environment": "People and places around the person",
            "strengths_and_wishes": "Strengths and wishes",
        }
        help_texts = {"prior_treatments": "", "presenting_concern": "In the person's own words."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TEXTS:
            self.fields[name].strip = False
            self.fields[name].widget.attrs["rows"] = 3
        for name in ("self_help", "living_arrangement", "employment"):
            self.fields[name].choices = [("", "Not asked yet"), *self.fields[name].choices[1:]]
        for name, highest in (("prior_treatments", 50), ("arrests_30_days", 96)):
            self.fields[name].max_value = highest
            self.fields[name].widget.attrs |= {"min": 0, "max": highest, "inputmode": "numeric"}

    def clean_prior_treatments(self) -> int | None:
        return _at_most(self.cleaned_data["prior_treatments"], 50)

    def clean_arrests_30_days(self) -> int | None:
        return _at_most(self.cleaned_data["arrests_30_days"], 96)

    def answers(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields}


def _at_most(value: int | None, highest: int) -> int | None:
    if value is not None and value > highest:
        raise forms.ValidationError(f"At most {highest}.")
    return value


class SubstanceForm(forms.Form):
    substance = forms.ChoiceField(required=False, choices=[("", "None"), *SubstanceUse.Substance.choices])
    route = forms.ChoiceField(required=False, choices=[("", "Not asked yet"), *SubstanceUse.Route.choices])
    frequency = forms.ChoiceField(
        label="Use in the past month", required=False, choices=[("", "Not asked yet"), *SubstanceUse.Frequency.choices]
    )
    age_first_use = forms.IntegerField(label="Age of first use", required=False, min_value=0, max_value=OLDEST)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        details = [cleaned.get(name) for name in ("route", "frequency", "age_first_use")]
        if not cleaned.get("substance") and any(value not in (None, "") for value in details):
            self.add_error("substance", "Name the substance, or clear the line.")
        return cleaned


class SubstanceFormSet(BaseFormSet):
    """Three lines in order of concern; an empty line between two named ones closes up."""

    age: int | None = None
    complete = False

    def clean(self) -> None:
        named: set[str] = set()
        for form in self.forms:
            substance = form.cleaned_data.get("substance") if form.is_valid() else None
            if substance in named:
                form.add_error("substance", "Each substance is named once.")
            elif substance:
                named.add(substance)
            self._check_age(form)
        if self.complete:
            self._require_primary()

    def _check_age(self, form: forms.Form) -> None:
        first = form.cleaned_data.get("age_first_use") if form.is_valid() else None
        if first is not None and self.age is not None and first > self.age:
            form.add_error("age_first_use", f"Not above the person's age, {self.age}.")

    def _require_primary(self) -> None:
        primary = self.forms[0]
        for name in ("substance", "route", "frequency"):
            if name not in primary.errors and not primary.cleaned_data.get(name):
                primary.add_error(name, "Needed to complete the interview.")

    def substances(self) -> list[dict[str, Any]]:
        """Only the named lines, in their order."""
        return [dict(form.cleaned_data) for form in self.forms if form.cleaned_data.get("substance")]


SubstanceFormset = formset_factory(
    SubstanceForm, formset=SubstanceFormSet, extra=len(RANKS), max_num=len(RANKS), absolute_max=len(RANKS)
)


def with_substances(form: InterviewForm, lines: Any, current: IntakeInterview, theirs: list[dict[str, Any]]) -> None:
    """Let the merge page show the substances as fields of the one form, theirs beside yours: nothing is lost."""
    for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS"):
        key = f"{lines.prefix}-{name}"
        form.fields[key] = forms.CharField()
        form.cleaned_data[key] = vars(current)[key] = lines.data.get(key, "")
    for place, (rank, line) in enumerate(zip(RANKS, lines.forms, strict=False)):
        held = theirs[place] if place < len(theirs) else {}
        for name, field in line.fields.items():
            key, blank = line.add_prefix(name), None if name == "age_first_use" else ""
            field.label = f"{rank}: {(field.label or name).lower()}"
            form.fields[key], form.cleaned_data[key] = field, line.cleaned_data.get(name, blank)
            vars(current)[key] = held.get(name, blank)
