"""What free times are looked for."""

from typing import Any

from django import forms

from accounts.models import Facility, Location
from scheduling.forms.fields import ByUuid
from scheduling.models import AppointmentType
from scheduling.selectors import bookable_practitioners, bookable_types
from scheduling.selectors.columns import calendar_rooms
from scheduling.selectors.finding import Part
from scheduling.selectors.resources import equipment_of, interpreters_of
from staff.models import Practitioner

ANY = "any"
WEEKDAYS = [(0, "Mon"), (1, "Tue"), (2, "Wed"), (3, "Thu"), (4, "Fri"), (5, "Sat"), (6, "Sun")]


class SlotForm(forms.Form):
    """Patient + clinicians + room + interpreter + equipment, from a day on. What is left empty may be any."""

    type = ByUuid(AppointmentType.objects.none(), label="Appointment", empty_label=None)
    day = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    part = forms.ChoiceField(label="Time of day", choices=Part.choices, required=False)
    practitioner = forms.MultipleChoiceField(
        label="Clinicians", required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="Days", required=False, choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    location = ByUuid(Location.objects.none(), label="Room", required=False, empty_label="Any free room")
    interpreter = forms.ChoiceField(required=False)
    equipment = ByUuid(Location.objects.none(), required=False, empty_label="What the appointment needs")

    def __init__(self, *args: Any, facility: Facility, kind: AppointmentType | None, **kwargs: Any) -> None:
        """`kind` is the chosen type of appointment: only who may hold it is offered."""
        super().__init__(*args, **kwargs)
        self.people = {str(row.uuid): row for row in bookable_practitioners(facility, kind)}
        self.interpreters = {str(row.uuid): row for row in interpreters_of(facility)}
        self.fields["type"].queryset = bookable_types(facility)
        self.fields["practitioner"].choices = [(uuid, str(row)) for uuid, row in self.people.items()]
        self.fields["location"].queryset = calendar_rooms(facility)
        self.fields["equipment"].queryset = equipment_of(facility)
        self.fields["interpreter"].choices = [("", "Not needed"), (ANY, "Any interpreter")] + [
            (uuid, str(row)) for uuid, row in self.interpreters.items()
        ]

    def clean_practitioner(self) -> list[Practitioner]:
        return [self.people[uuid] for uuid in self.cleaned_data["practitioner"]]

    def clean_interpreter(self) -> list[Practitioner]:
        """Those of whom one is needed."""
        chosen = self.cleaned_data["interpreter"]
        return list(self.interpreters.values()) if chosen == ANY else [self.interpreters[chosen]] if chosen else []

    @property
    def is_narrowed(self) -> bool:
        """Whether more is asked for than kind, day and time of day: then the rest of the form stands open."""
        return any(self.data.get(name) for name in ("practitioner", "weekdays", "location", "interpreter", "equipment"))
