"""What the calendar shows."""

from typing import Any

from django import forms

from accounts.models import Facility, Location
from scheduling.forms.fields import ByUuid
from scheduling.selectors.columns import calendar_practitioners, calendar_rooms
from staff.models import Practitioner

SELECT = forms.Select(attrs={"class": "form-select"})


class CalendarForm(forms.Form):
    """What the calendar shows. `by` is "room" when rooms stand side by side and not practitioners."""

    by = forms.ChoiceField(choices=[("", "practitioner"), ("room", "room")], required=False, widget=forms.HiddenInput)
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}))
    practitioner = ByUuid(
        Practitioner.objects.none(), label="Clinician", required=False, empty_label="Everyone", widget=SELECT
    )
    location = ByUuid(Location.objects.none(), label="Room", required=False, empty_label="All rooms", widget=SELECT)
    mine = forms.BooleanField(
        label="Only mine", required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].queryset = calendar_practitioners(facility)
        self.fields["location"].queryset = calendar_rooms(facility)


class ArrivalsForm(forms.Form):
    """Whose arrivals are shown."""

    practitioner = ByUuid(Practitioner.objects.none(), label="Clinician", required=False, empty_label="Everyone")

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].queryset = calendar_practitioners(facility)
