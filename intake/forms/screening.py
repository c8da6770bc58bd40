"""One radio group to each item of an instrument."""

from typing import Any

from django import forms
from django.forms import BoundField

from intake.instruments import Instrument


class ScreeningForm(forms.Form):
    def __init__(self, instrument: Instrument, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        for number, item in enumerate(instrument.items, 1):
            self.fields[f"item_{number}"] = forms.TypedChoiceField(
                label=f"{number}. {item.label}",
                choices=item.choices,
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": "Choose an answer."},
            )

    def answers(self) -> list[int]:
        """The score of each answer, in order."""
        return [self.cleaned_data[f"item_{number}"] for number in range(1, len(self.instrument.items) + 1)]

    def questions(self) -> list[dict[str, Any]]:
        return radio_groups(self, list(self.fields))


def radio_groups(form: forms.Form, names: list[str]) -> list[dict[str, Any]]:
    """Ready to print: name, label, options with the chosen one, errors."""
    return [_radio_group(form[name]) for name in names]


def _radio_group(field: BoundField) -> dict[str, Any]:
    chosen = "" if field.value() is None else str(field.value())
    options = [{"value": key, "label": words, "checked": str(key) == chosen} for key, words in field.field.choices]
    return {"name": field.html_name, "label": field.label, "options": options, "errors": field.errors}
