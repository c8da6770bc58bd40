"""Calls about appointments."""

from django import forms

from scheduling.forms.fields import WallClockField
from scheduling.models import CallAttempt


class CallForm(forms.Form):
    """What came of a call."""

    outcome = forms.ChoiceField(choices=CallAttempt.Outcome)
    next_try_at = WallClockField(label="Try again at", required=False)
