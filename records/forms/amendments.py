"""The shape of what is typed about amendments."""

from typing import Any

from django import forms

from records.forms.disclosures import day
from records.forms.releases import PaperField
from records.models import AmendmentRequest, Document

LINES = {"rows": 4}


class AmendmentForm(forms.Form):
    """What the person wants the record to say instead."""

    subject = forms.CharField(label="Which entry", max_length=200, help_text="By kind and date.")
    document = PaperField(
        Document.objects.none(), label="The paper, if it is one", required=False, to_field_name="uuid",
        empty_label="No single paper",
    )  # fmt: skip
    wanted = forms.CharField(
        label="What it should say instead", widget=forms.Textarea(attrs=LINES), max_length=4000,
        help_text="In the person’s words.",
    )  # fmt: skip
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs=LINES), max_length=2000, required=False)
    received_on = day("Received on", help_text="Today, if empty. The 60 days count from then.")

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        document: Any = self.fields["document"]
        document.queryset = papers


class AcceptForm(forms.Form):
    text = forms.CharField(
        label="What the record now says", widget=forms.Textarea(attrs=LINES), max_length=8000,
        help_text="It is appended. The entry stays as it was and names this.",
    )  # fmt: skip


class DenialForm(forms.Form):
    denial_basis = forms.ChoiceField(label="Ground", choices=AmendmentRequest.DenialBasis, widget=forms.RadioSelect)
    answer = forms.CharField(
        label="Reason in plain words", widget=forms.Textarea(attrs=LINES), max_length=4000,
        help_text="The person is told it, and that a statement of disagreement may be handed in.",
    )  # fmt: skip


class StatementForm(forms.Form):
    text = forms.CharField(label="Statement", widget=forms.Textarea(attrs=LINES), max_length=8000)
