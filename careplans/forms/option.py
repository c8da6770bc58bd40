"""Options, and the person's answer to them."""

from typing import Any

from django import forms

from careplans.models import TreatmentOption
from careplans.selectors.assessment import levels
from core.forms import VersionedForm
from records.models import Signature


class OptionForm(VersionedForm):
    class Meta:
        model = TreatmentOption
        fields = [
            "title", "level_of_care", "description", "benefits", "risks",
            "weeks", "cost_total", "cost_covered", "instalments",
        ]  # fmt: skip
        labels = {
            "title": "Name of the option, in words the person uses",
            "description": "What to expect",
            "benefits": "What speaks for it",
            "risks": "What speaks against it: risks and burdens",
            "cost_total": "Cost in all ($)",
            "cost_covered": "Covered by the plan ($)",
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "benefits": forms.Textarea(attrs={"rows": 3}),
            "risks": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level_of_care"].queryset = levels()  # type: ignore[attr-defined]
        self.fields["level_of_care"].empty_label = "None"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        total, covered = cleaned.get("cost_total"), cleaned.get("cost_covered")
        if total is not None and covered is not None and covered > total:
            self.add_error("cost_covered", "The covered part cannot be more than the cost.")
        return cleaned


class AcceptanceForm(forms.Form):
    """The choice, how the person put it in own words, and the signature."""

    option = forms.ModelChoiceField(
        queryset=None,
        to_field_name="uuid",
        widget=forms.RadioSelect,
        empty_label=None,
        label="Choice",
        error_messages={"required": "Choose one of the options first."},
    )
    teach_back = forms.CharField(
        label="In your own words: what did you choose, and why?",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    signer_role = forms.ChoiceField(
        label="Who signs",
        choices=[
            (role.value, role.label) for role in (Signature.SignerRole.PATIENT, Signature.SignerRole.REPRESENTATIVE)
        ],
        initial=Signature.SignerRole.PATIENT,
    )
    signer_name = forms.CharField(
        label="Full name, typed as a signature",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type the full name to sign."},
    )
    confirmed = forms.BooleanField(
        label="I have understood the options, and typing my name is my signature.",
        error_messages={"required": "Tick this to sign."},
    )

    def __init__(self, *args: Any, options: list[TreatmentOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        among = TreatmentOption._default_manager.filter(pk__in=[option.pk for option in options])
        self.fields["option"].queryset = among  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """No to one option or to all of them, or not yet."""

    THINKING, ALL = "thinking", "all"

    answer = forms.ChoiceField(label="Answer", choices=())
    reason = forms.CharField(
        label="Reason, or what was said",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, options: list[TreatmentOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one_by_one = [(str(option.uuid), f"Not “{option.title}”") for option in options]
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            (self.THINKING, "Wants to think about it"),
            *one_by_one,
            (self.ALL, "None of these options"),
        ]
