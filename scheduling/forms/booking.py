"""Free times, booking and moving."""

from typing import Any

from django import forms

from accounts.models import Facility, Location
from scheduling.forms.fields import ByUuid, WallClockField, rows_of
from scheduling.models import AppointmentType
from scheduling.selectors import bookable_practitioners, bookable_types
from scheduling.selectors.board import rooms_of
from staff.models import Practitioner


class SlotForm(forms.Form):
    """What free times are looked for."""

    type = ByUuid(AppointmentType.objects.none(), label="Appointment", empty_label=None)
    practitioner = ByUuid(Practitioner.objects.none(), required=False, empty_label="Anyone")
    day = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = bookable_types(facility)
        self.fields["practitioner"].queryset = rows_of(Practitioner, bookable_practitioners(facility))


class BookForm(forms.Form):
    """A booking, from a free time or typed."""

    type = ByUuid(AppointmentType.objects.none(), label="Appointment")
    practitioner = ByUuid(Practitioner.objects.none())
    starts_at = WallClockField(label="Day and time")
    location = ByUuid(Location.objects.none(), label="Room", required=False, empty_label="No room")
    video_url = forms.URLField(label="Video link", required=False, assume_scheme="https")

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = bookable_types(facility)
        self.fields["practitioner"].queryset = rows_of(Practitioner, bookable_practitioners(facility))
        self.fields["location"].queryset = rows_of(Location, rooms_of(facility))

    def clean(self) -> dict[str, Any]:
        """A visit on site needs a room, so that two are not sent to one."""
        values = super().clean() or {}
        kind = values.get("type")
        if kind and not kind.is_telehealth and not values.get("location") and not self.errors:
            self.add_error("location", "Choose a room.")
        return values


class MoveForm(forms.Form):
    """Another time, and another practitioner or room if need be."""

    starts_at = WallClockField(label="New day and time")
    practitioner = ByUuid(Practitioner.objects.none())
    location = ByUuid(Location.objects.none(), label="Room", required=False, empty_label="No room")

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].queryset = rows_of(Practitioner, bookable_practitioners(facility))
        self.fields["location"].queryset = rows_of(Location, rooms_of(facility))
