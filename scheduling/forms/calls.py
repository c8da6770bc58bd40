"""Calls about appointments."""

from django import forms

from scheduling.forms.fields import WallClockField
from scheduling.models import CallAttempt


class CallForm(forms.Form):
    """What came of a call."""

    outcome = forms.ChoiceField(choices=CallAttempt.Outcome)
    next_try_at = WallClockField(label="Try again at", required=False)


class ListedCallForm(CallForm):
    """What came of a call from the list; `seen` is the last call that the page showed."""

    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)


class NextTryForm(forms.Form):
    """When to try again."""

    next_try_at = WallClockField(label="Try again at")
