from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from accounts.models import Facility, Membership
from core.times import today
from oversight import selectors

EARLIEST = date(2000, 1, 1)


class CensusForm(forms.Form):
    """Which day's census to show."""

    day = forms.DateField(
        label="Census on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Type a date, such as 2026-03-31."},
    )

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today(facility.tz)
        self.fields["day"].widget.attrs |= {"max": self.today.isoformat(), "min": EARLIEST.isoformat()}

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError("That day is still to come. Choose today or an earlier day.")
        if day < EARLIEST:
            raise forms.ValidationError(f"Choose a day from {EARLIEST.year} on.")
        return day


class ReassignForm(forms.Form):
    """Who takes the chosen batons, and by when the next step is due."""

    to = forms.ModelChoiceField(Membership.objects.none(), label="New owner", empty_label="Choose a person")
    hours = forms.IntegerField(
        label="Next step due in (hours)", min_value=1, max_value=168, initial=24, help_text="1 to 168 hours from now."
    )

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = selectors.colleagues(facility)
        field.label_from_instance = lambda row: f"{row.user} · {row.get_role_display()}"


def chosen(values: list[str]) -> list[UUID]:
    """The ticked rows; what is not the name of a row is left out."""
    return [UUID(value) for value in values if _is_uuid(value)]


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
