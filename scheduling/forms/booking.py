"""Free times, booking and moving."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Facility, Location
from scheduling.forms.fields import ByUuid, WallClockField, rows_of
from scheduling.forms.override import OverridableForm
from scheduling.models import Appointment, AppointmentType, Hold
from scheduling.selectors import bookable_practitioners, bookable_types
from scheduling.selectors.columns import calendar_rooms
from scheduling.selectors.resources import equipment_of, interpreters_of
from staff.models import Practitioner


class OfFacility(forms.Form):
    """What a time is taken with: each field offers what the facility has of it."""

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = bookable_types(facility)
        self.fields["practitioner"].queryset = rows_of(Practitioner, bookable_practitioners(facility))
        self.fields["location"].queryset = calendar_rooms(facility)
        self.fields["interpreter"].queryset = interpreters_of(facility)
        self.fields["equipment"].queryset = equipment_of(facility)


class BookForm(OfFacility, OverridableForm):
    """A booking, from a free time, a hold, or typed."""

    type = ByUuid(AppointmentType.objects.none(), label="Appointment")
    practitioner = ByUuid(Practitioner.objects.none(), label="Clinician")
    starts_at = WallClockField(label="Day and time")
    location = ByUuid(Location.objects.none(), label="Room", required=False, empty_label="No room")
    interpreter = ByUuid(Practitioner.objects.none(), required=False, empty_label="None")
    equipment = ByUuid(Location.objects.none(), required=False, empty_label="None")
    video_url = forms.URLField(
        label="Video link", required=False, assume_scheme="https",
        help_text="Left empty, a visit by video gets a private link of its own.",
    )  # fmt: skip
    hold = ByUuid(
        Hold.objects.none(), required=False, widget=forms.HiddenInput,
        error_messages={"invalid_choice": "The time is not held any more. See whether it is still free."},
    )  # fmt: skip

    def __init__(self, *args: Any, holds: QuerySet[Hold], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hold"].queryset = holds

    def clean(self) -> dict[str, Any]:
        """A visit on site needs a room, so that two are not sent to one."""
        values = super().clean() or {}
        kind = values.get("type")
        if kind and not kind.is_telehealth and not values.get("location") and not self.errors:
            self.add_error("location", "Choose a room.")
        return values


class HoldForm(OfFacility):
    """A free time to be kept for some minutes."""

    type = ByUuid(AppointmentType.objects.none())
    practitioner = ByUuid(Practitioner.objects.none())
    starts_at = WallClockField()
    location = ByUuid(Location.objects.none(), required=False)
    interpreter = ByUuid(Practitioner.objects.none(), required=False)
    equipment = ByUuid(Location.objects.none(), required=False)


class MoveForm(OverridableForm):
    """Another time, and another practitioner, room or interpreter if need be. `seen` is the version looked at."""

    starts_at = WallClockField(label="New day and time")
    practitioner = ByUuid(Practitioner.objects.none(), label="Clinician")
    location = ByUuid(Location.objects.none(), label="Room", required=False, empty_label="No room")
    interpreter = ByUuid(Practitioner.objects.none(), required=False, empty_label="As before")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facility = appointment.facility
        people = bookable_practitioners(facility) + ([appointment.practitioner] if appointment.practitioner else [])
        self.fields["practitioner"].queryset = rows_of(Practitioner, people)
        self.fields["location"].queryset = calendar_rooms(facility)
        self.fields["interpreter"].queryset = interpreters_of(facility)

    def look_again(self, appointment: Appointment) -> None:
        """Whoever sends the form once more has seen where the appointment is now."""
        self.data = self.data.copy()
        self.data["seen"] = appointment.schedule_version
