"""What is typed at the booking screens."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Facility, Location
from scheduling.models import AppointmentType, CallAttempt
from scheduling.selectors import bookable_practitioners, bookable_types
from scheduling.selectors.board import practitioners_of, rooms_of
from staff.models import Practitioner


class ByUuid(forms.ModelChoiceField):
    """A choice of rows that the browser knows by their uuid."""

    def __init__(self, queryset: QuerySet[Any], **options: Any) -> None:
        super().__init__(queryset, to_field_name="uuid", **options)

    def to_python(self, value: Any) -> Any:
        """A value that is no uuid is a choice that is not there."""
        try:
            return super().to_python(value)
        except (ValueError, TypeError) as error:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error


class WallClockField(forms.DateTimeField):
    """A time on the facility's clock, or an ISO time with its offset."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 900}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": "Type a day and a time, such as 2026-11-24 14:30."}

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            if "ambiguous" in str(error):
                text = "The clock changes at that time, so it happens twice or not at all. Choose another."
                raise forms.ValidationError(text, code="clock") from error
            raise


class SlotForm(forms.Form):
    """What free times are looked for."""

    type = ByUuid(AppointmentType.objects.none(), label="Appointment", empty_label=None)
    practitioner = ByUuid(Practitioner.objects.none(), required=False, empty_label="Anyone")
    day = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = bookable_types(facility)
        self.fields["practitioner"].queryset = _rows(Practitioner, bookable_practitioners(facility))


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
        self.fields["practitioner"].queryset = _rows(Practitioner, bookable_practitioners(facility))
        self.fields["location"].queryset = _rows(Location, rooms_of(facility))

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
        self.fields["practitioner"].queryset = _rows(Practitioner, bookable_practitioners(facility))
        self.fields["location"].queryset = _rows(Location, rooms_of(facility))


class CallForm(forms.Form):
    """What came of a call."""

    outcome = forms.ChoiceField(choices=CallAttempt.Outcome)
    next_try_at = WallClockField(label="Try again at", required=False)


class CalendarForm(forms.Form):
    """What the calendar shows."""

    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    practitioner = ByUuid(Practitioner.objects.none(), required=False, empty_label="Everyone")
    location = ByUuid(Location.objects.none(), label="Room", required=False, empty_label="All rooms")
    mine = forms.BooleanField(label="Only mine", required=False)

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].queryset = _rows(Practitioner, practitioners_of(facility))
        self.fields["location"].queryset = _rows(Location, rooms_of(facility))


def _rows(model: type[Any], rows: list[Any]) -> QuerySet[Any]:
    return model.objects.filter(pk__in=[row.pk for row in rows])
