"""The shape of the choices about reminders by e-mail."""

from typing import Any

from django import forms
from django.conf import settings

from patients.models import ContactPoint
from records.digests import digest_of
from records.models import ChannelConsent, Signature

OTHER = "other"


class ChannelForm(forms.Form):
    """The patient's choices about reminders by e-mail, and the signature under the words that follow from them."""

    address = forms.ChoiceField(label="Where to", widget=forms.RadioSelect)
    email = forms.EmailField(label="The other address", required=False)
    detail = forms.ChoiceField(
        label="What a message may say",
        choices=ChannelConsent.Detail,
        widget=forms.RadioSelect,
        initial=ChannelConsent.Detail.TIME,
    )
    may_use_first_name = forms.BooleanField(label="It may greet the person by first name", required=False)
    language = forms.ChoiceField(label="Language of the messages", choices=settings.LANGUAGES)
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Leave empty when it lasts until it is taken back or care here ends.",
    )
    risk_explained = forms.BooleanField(
        label="I have explained the risk of e-mail, and the person understands it",
        error_messages={"required": "Explain the risk of e-mail first, and tick that you did."},
    )
    signer_role = forms.ChoiceField(
        label="Who signs", choices=Signature.SignerRole.choices[:2], initial="patient", widget=forms.RadioSelect
    )
    signed_name = forms.CharField(
        label="Signature: full name, typed by the person who signs",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "The person who agrees types the full name here."},
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, addresses: list[ContactPoint], language: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._values = {str(row.uuid): row.value for row in addresses}
        address: Any = self.fields["address"]
        address.choices = [*self._values.items(), (OTHER, "Another address")]
        self.fields["address"].initial = next(iter(self._values), OTHER)
        self.fields["language"].initial = language if language in dict(settings.LANGUAGES) else "en"
        if not addresses:
            self.fields["email"].label = "E-mail address"
            self.fields["address"].widget, self.fields["address"].required = forms.HiddenInput(), False

    @property
    def choices(self) -> dict[str, Any]:
        """What the patient chose so far, complete enough to show the words, even while the form has errors."""
        self.is_valid()
        chosen = getattr(self, "cleaned_data", {})
        return {
            "email": self._email(chosen),
            "detail": chosen.get("detail") or ChannelConsent.Detail.TIME,
            "may_use_first_name": chosen.get("may_use_first_name", False),
            "language": chosen.get("language") or self.fields["language"].initial,
            "expires_on": chosen.get("expires_on"),
        }

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or self.cleaned_data
        if not self._email(chosen) and "email" not in self.errors:
            self.add_error("email", "Give the e-mail address to write to.")
        return chosen

    def require_shown(self, text: str) -> None:
        """Only what stood on the screen is signed: the form carries the digest of the words it showed."""
        if self.cleaned_data["shown"] != digest_of(text):
            self.add_error("signed_name", "The words below follow your choices now. Read them together, then sign.")

    def _email(self, chosen: dict[str, Any]) -> str:
        address = chosen.get("address") or self.fields["address"].initial
        return self._values.get(address, "") or chosen.get("email") or ""


class RevokeForm(forms.Form):
    """How the patient took the consent back."""

    via = forms.ChoiceField(
        label="How did the person say so?",
        choices=[("in person", "In person"), ("by phone", "By phone"), ("in writing", "In writing")],
    )
