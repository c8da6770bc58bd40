"""The plan's own words and the rows of its tree."""

from typing import Any

from django import forms

from careplans import library
from careplans.models import CarePlan, Goal, Intervention, Objective, Problem
from core.forms import VersionedForm

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PlanForm(VersionedForm):
    class Meta:
        model = CarePlan
        fields = ["needs", "precautions"]
        widgets = {
            "needs": forms.Textarea(attrs={"rows": 8}),
            "precautions": forms.Textarea(attrs={"rows": 4}),
        }


class RowForm(VersionedForm):
    """The cursor stands in the text, so that a row is typed and entered without the mouse."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["autofocus"] = True


class ProblemForm(RowForm):
    class Meta:
        model = Problem
        fields = ["text", "resolved_on"]
        labels = {"text": "What stands in the way", "resolved_on": "Resolved on"}
        widgets = {"resolved_on": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["resolved_on"]


class GoalForm(RowForm):
    class Meta:
        model = Goal
        fields = ["text", "target_on", "achievement_status"]
        labels = {
            "text": "What the person wants to reach",
            "target_on": "By when",
            "achievement_status": "How far it is reached",
        }
        widgets = {"target_on": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["achievement_status"]


class ObjectiveForm(RowForm):
    class Meta:
        model = Objective
        fields = ["text", "target_on", "status"]
        labels = {"text": "A step one can see or count", "target_on": "By when"}
        widgets = {"target_on": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["status"]


class InterventionForm(RowForm):
    class Meta:
        model = Intervention
        fields = ["text", "modality", "times_per_week", "responsible_role"]
        labels = {"text": "What we do", "times_per_week": "Times a week", "responsible_role": "Who does it"}


class LibraryForm(forms.Form):
    key = forms.ChoiceField(
        label="Problem from our library", choices=[(entry.key, entry.label) for entry in library.ENTRIES]
    )
