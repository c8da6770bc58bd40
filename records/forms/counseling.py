"""The shape of a counseling note."""

from django import forms


class CounselingForm(forms.Form):
    session_at = forms.DateTimeField(
        label="Session", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    text = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 14}), max_length=50_000)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
