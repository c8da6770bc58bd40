"""A new calendar feed."""

from django import forms

from scheduling.models import Feed


class FeedForm(forms.Form):
    """Where it will be used, and what it says."""

    label = forms.CharField(max_length=60, help_text="Where you use it, such as “my phone”.")
    detail = forms.ChoiceField(label="It says", choices=Feed.Detail, initial=Feed.Detail.BUSY)
