"""The shape of the facility's own wording."""

from typing import Any

from django import forms
from django.conf import settings

from records.models import ConsentCategory


def text(label: str, rows: int, help_text: str = "", *, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, widget=widget, help_text=help_text, max_length=20_000)


class WordingForm(forms.Form):
    """A new version of a consent form; the kind and the language are given by the address."""

    title = forms.CharField(label="Title", max_length=120)
    introduction = text("Above the choices", 3)
    revocation = text("The right to take it back in writing, and how", 4, required=True)
    redisclosure = text("What may happen to what was given", 5)
    consequences = text("What it means not to sign", 3)

    def __init__(self, *args: Any, category: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if category == ConsentCategory.TPO:
            for name in ("redisclosure", "consequences"):
                self.fields[name].required = True


class NoticeVersionForm(forms.Form):
    """A new version of the notice of privacy practices."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=forms.HiddenInput)
    text = text("The notice", 24, "Blank lines part its sections; a short first line heads one.", required=True)
