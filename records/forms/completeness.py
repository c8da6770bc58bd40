"""The shape of a rule of the complete chart, and of the filter above what is missing."""

from typing import Any

from django import forms

from core.forms import VersionedForm
from episodes.models import EpisodeStep
from records.models import ChartRule, Document
from records.selectors.completeness import owing_desks


class ChartRuleForm(VersionedForm):
    class Meta:
        model = ChartRule
        fields = ["document_kind", "step", "within_hours", "owed_by"]
        labels = {
            "document_kind": "Paper", "step": "Or step of the path", "within_hours": "Hours after the stay begins",
            "owed_by": "Owed by",
        }  # fmt: skip
        help_texts = {"within_hours": "24 is a day, 168 a week.", "document_kind": "One of the two, not both."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owed_by"].choices = [("", "Choose"), *owing_desks()]
        if self.instance.pk:
            del self.fields["document_kind"], self.fields["step"]
        else:
            self.fields["document_kind"].choices = [("", "No paper"), *Document.Kind.choices]
            self.fields["step"].choices = [("", "No step"), *EpisodeStep.Kind.choices]


class MissingFilterForm(forms.Form):
    """Whose arrears are shown."""

    owed_by = forms.ChoiceField(label="Owed by", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owed_by"].choices = [("", "Every desk"), *owing_desks()]
