"""What the ledger of reminders shows."""

from django import forms

from scheduling.selectors.ledger import STATES


class LedgerForm(forms.Form):
    """Messages of a state, of a day, or of both."""

    state = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Any"), *((value, words) for value, words, _ in STATES)]
    )
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
