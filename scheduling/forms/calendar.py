"""What the calendar shows."""

from typing import Any

from django import forms

from accounts.models import Facility, Location
from scheduling.forms.fields import ByUuid, rows_of
from scheduling.selectors.board import practitioners_of
from scheduling.selectors.board import rooms_of as rooms_of_facility
from staff.models import Practitioner


class CalendarForm(forms.Form):
    """What the calendar shows."""

    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    practitioner = ByUuid(Practitioner.objects.none(), required=False, empty_label="Everyone")
    location = ByUuid(Location.objects.none(), label="Room", required=False, empty_label="All rooms")
    mine = forms.BooleanField(label="Only mine", required=False)

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].queryset = rows_of(Practitioner, practitioners_of(facility))
        self.fields["location"].queryset = rows_of(Location, rooms_of_facility(facility))
