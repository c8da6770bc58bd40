"""The shape of what is typed about requests for copies of the record."""

from typing import Any

from django import forms

from accounts.roles import DataClass
from records.forms.disclosures import day
from records.forms.submissions import PapersField
from records.models import Consent, ConsentRecipient, Document, Purpose, ReleaseRequest
from staff.models import PartnerOrganization

Kind = ReleaseRequest.Kind
RECIPIENTS = [(row.value, row.label) for row in ConsentRecipient.Kind if row != ConsentRecipient.Kind.CLASS]
LINES = {"rows": 3}


class ConsentField(forms.ModelChoiceField):
    """A signed consent, by what it covers."""

    def label_from_instance(self, obj: Consent) -> str:
        named = ", ".join(row.name for row in obj.recipients.all())
        state = "" if obj.status == Consent.Status.ACTIVE else f" ({obj.get_status_display().lower()})"
        return f"{obj.get_category_display()}: {named or 'nobody named'}{state}"


class ReleaseForm(forms.Form):
    """Who asks for what, for whom and for what purpose."""

    kind = forms.ChoiceField(label="What kind of request", choices=Kind, widget=forms.RadioSelect, initial=Kind.ACCESS)
    requester_name = forms.CharField(label="Who asks", max_length=200)
    requester_contact = forms.CharField(label="How to reach them", max_length=300, required=False)
    recipient_name = forms.CharField(
        label="Who receives it", max_length=200, required=False, help_text="Leave empty if it is the one who asks."
    )
    recipient_kind = forms.ChoiceField(label="What kind of recipient", choices=RECIPIENTS, initial="entity")
    partner = forms.ModelChoiceField(
        PartnerOrganization.objects.none(), label="Partner organization", required=False, to_field_name="uuid",
        empty_label="None of them",
    )  # fmt: skip
    recipient_address = forms.CharField(label="Address it goes to", max_length=300, required=False)
    purpose = forms.ChoiceField(label="Purpose", choices=Purpose, initial=Purpose.PATIENT_REQUEST)
    purpose_words = forms.CharField(label="In their words", max_length=300, required=False)
    data_classes = forms.MultipleChoiceField(
        label="Kinds of record", choices=DataClass, widget=forms.CheckboxSelectMultiple,
        help_text="SUD counseling notes go by a consent of their own, and alone.",
        error_messages={"required": "Choose at least one kind of record."},
    )  # fmt: skip
    covers_from = day("Records from")
    covers_until = day("Records until")
    papers = PapersField(
        Document.objects.none(), label="Only these documents and photos", required=False, to_field_name="uuid",
        help_text="Leave all empty for every document of those days.",
    )  # fmt: skip
    form = forms.ChoiceField(label="As", choices=ReleaseRequest.Form, initial="pdf", widget=forms.RadioSelect)
    consent = ConsentField(
        Consent.objects.none(), label="Consent it rests on", required=False, to_field_name="uuid",
        empty_label="Whichever covers it", help_text="The person’s own request needs none.",
    )  # fmt: skip
    received_on = day("Received on", help_text="Today, if empty. The 30 days count from then.")

    def __init__(self, *args: Any, papers: Any, consents: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["papers"].queryset, fields["consent"].queryset = papers, consents
        fields["partner"].queryset = partners

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or self.cleaned_data
        chosen["recipient_name"] = chosen.get("recipient_name") or chosen.get("requester_name", "")
        chosen["papers"] = tuple(chosen.get("papers") or ())
        chosen["data_classes"] = tuple(chosen.get("data_classes") or ())
        return chosen


class ExtendForm(forms.Form):
    reason = forms.CharField(
        label="Why it takes longer", max_length=300, widget=forms.Textarea(attrs=LINES),
        help_text="The person is told this in writing, with the new last day.",
    )  # fmt: skip


class FeeForm(forms.Form):
    fee = forms.DecimalField(label="Fee in dollars", min_value=0, max_value=10_000, decimal_places=2)
    paid_on = day("Paid on")

    @property
    def cents(self) -> int:
        return int(self.cleaned_data["fee"] * 100)


class CourtForm(forms.Form):
    """Order and subpoena among the person's papers."""

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("court_order", "Court order"), ("subpoena", "Subpoena")):
            self.fields[name] = PaperField(papers, label=label, to_field_name="uuid")


class PaperField(forms.ModelChoiceField):
    """One paper, by title and kind."""

    def label_from_instance(self, obj: Document) -> str:
        return f"{obj.title} · {obj.get_kind_display()}"


class DenyForm(forms.Form):
    reason = forms.CharField(
        label="Why it is denied", max_length=2000, widget=forms.Textarea(attrs=LINES),
        help_text="The person is told this, and how to have it reviewed.",
    )  # fmt: skip
