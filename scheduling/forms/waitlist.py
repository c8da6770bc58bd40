"""What a person wishes who waits for a time."""

from typing import Any

from django import forms

from accounts.models import Location
from core.forms import VersionedForm
from scheduling.forms.fields import ByUuid, WallClockField, rows_of
from scheduling.models import AppointmentType, WaitlistEntry
from scheduling.selectors import bookable_practitioners, bookable_types
from scheduling.selectors.columns import rooms_of
from scheduling.selectors.waitlist import DAYS
from staff.models import Practitioner

NOTICE = ((2, "2 hours"), (4, "4 hours"), (12, "12 hours"), (24, "1 day"), (48, "2 days"), (72, "3 days"))


class WaitlistForm(VersionedForm):
    """For what, with whom, when at all, and how long before it must be known."""

    type = ByUuid(AppointmentType.objects.none(), label="Appointment", empty_label=None)
    practitioner = ByUuid(Practitioner.objects.none(), label="With", required=False, empty_label="Anybody")
    urgency = forms.TypedChoiceField(choices=WaitlistEntry.Urgency.choices[::-1], coerce=int)
    weekdays = forms.TypedMultipleChoiceField(
        label="Only on", choices=tuple(enumerate(DAYS)), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple, help_text="None: any day.",
    )  # fmt: skip
    notice_hours = forms.TypedChoiceField(label="Must know before", choices=NOTICE, coerce=int, initial=4)

    class Meta:
        model = WaitlistEntry
        fields = (
            "type", "urgency", "practitioner", "weekdays", "from_time", "until_time", "earliest_on", "latest_on",
            "notice_hours", "note",
        )  # fmt: skip
        labels = {
            "from_time": "Not before", "until_time": "Over by", "earliest_on": "First day", "latest_on": "Last day"
        }  # fmt: skip
        widgets = {
            "from_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "until_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "earliest_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "latest_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {"note": "For whoever offers the time. Not in any message."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entry = self.instance
        practitioners = bookable_practitioners(entry.facility, entry.type if entry.type_id else None)
        self.fields["practitioner"].queryset = rows_of(Practitioner, practitioners)
        self.fields["type"].queryset = bookable_types(entry.facility)
        self._offer_own_notice(entry.notice_hours)
        if entry.pk or entry.appointment_id:
            del self.fields["type"]

    def clean_practitioner(self) -> Practitioner | None:
        return self.cleaned_data["practitioner"] or None

    def _offer_own_notice(self, hours: int) -> None:
        """A number that is not among the choices stays as it is unless another is chosen."""
        if hours not in dict(NOTICE):
            self.fields["notice_hours"].choices = ((hours, f"{hours} hours"), *NOTICE)

    def _get_validation_exclusions(self) -> set[str]:
        """The order of the days is the service's to refuse, in words, beside its field."""
        return super()._get_validation_exclusions() | {"earliest_on", "latest_on"}


class OfferForm(forms.Form):
    """A free time to be offered to one who waits."""

    starts_at = WallClockField(label="Day and time")
    practitioner = ByUuid(Practitioner.objects.none())
    location = ByUuid(Location.objects.none(), label="Room", required=False, empty_label="No room")

    def __init__(self, *args: Any, entry: WaitlistEntry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        practitioners = bookable_practitioners(entry.facility, entry.type)
        self.fields["practitioner"].queryset = rows_of(Practitioner, practitioners)
        self.fields["location"].queryset = rows_of(Location, rooms_of(entry.facility))
