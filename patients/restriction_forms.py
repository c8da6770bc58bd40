"""The shape of what is typed about restrictions of disclosure."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.roles import DataClass
from patients.models import Restriction
from staff.models import PartnerOrganization


class RestrictionForm(forms.Form):
    """What the person asks us not to disclose."""

    kind = forms.ChoiceField(
        label="What is asked",
        widget=forms.RadioSelect,
        initial=Restriction.Kind.DISCLOSURE,
        choices=[
            (Restriction.Kind.DISCLOSURE, "Not to somebody, or to nobody outside"),
            (Restriction.Kind.HEALTH_PLAN, "Not to the health plan, for what the person paid in full"),
        ],
    )
    words = forms.CharField(
        label="In the person’s words", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write down what the person asks."},
    )  # fmt: skip
    partner = forms.ModelChoiceField(
        PartnerOrganization.objects.none(), label="Partner organization", required=False, to_field_name="uuid",
        empty_label="None of these",
    )  # fmt: skip
    recipient_name = forms.CharField(
        label="Or who else", required=False, max_length=200, help_text="Leave both empty for everybody outside."
    )
    data_classes = forms.MultipleChoiceField(
        label="Which parts of the record", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[row for row in DataClass.choices if row[0] != DataClass.COUNSELING],
        help_text="Tick none for everything.",
    )  # fmt: skip
    paid_in_full = forms.BooleanField(
        label="The service was paid in full by the person, or by somebody for the person",
        required=False,
        help_text="Only for the health plan: we may not refuse then (45 CFR 164.522(a)(1)(vi)).",
    )

    def __init__(self, *args: Any, partners: QuerySet[PartnerOrganization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partner: Any = self.fields["partner"]
        partner.queryset = partners


class RestrictionAnswerForm(forms.Form):
    """Agreed, or not and why."""

    agreed = forms.ChoiceField(
        label="The facility", widget=forms.RadioSelect, choices=[("yes", "agrees"), ("no", "does not agree")],
        error_messages={"required": "Say whether the facility agrees."},
    )  # fmt: skip
    answer = forms.CharField(
        label="Answer to the person", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed when the facility does not agree. The person reads it.",
    )  # fmt: skip


class RestrictionEndForm(forms.Form):
    """That the person wants the restriction to end."""

    agreed = forms.BooleanField(
        label="The person asks for it or agrees to it, and it is written down",
        error_messages={"required": "A restriction ends only with the person (45 CFR 164.522(a)(2))."},
    )
