"""Weekly hours, time away, extra hours and closures."""

from typing import Any

from django import forms

from accounts.models import Facility, Location
from core.errors import shown_on
from core.times import today
from scheduling.forms.fields import ByUuid
from scheduling.models import AvailabilityException, AvailabilityRule
from scheduling.selectors.availability import LONG_DAYS, places_of
from scheduling.services.availability import span_of

Kind = AvailabilityException.Kind


def date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300})


class HoursForm(forms.Form):
    """Hours on days of the week, from a date on."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Days", choices=list(enumerate(LONG_DAYS)), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    starts = forms.TimeField(label="From", widget=time_input())
    ends = forms.TimeField(label="To", widget=time_input())
    valid_from = forms.DateField(label="First day", widget=date_input())
    valid_until = forms.DateField(
        label="Last day", required=False, widget=date_input(), help_text="Empty: until somebody ends them."
    )

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = today(facility.tz)


class ChangeHoursForm(forms.Form):
    """Other hours from a date on."""

    starts = forms.TimeField(label="From", widget=time_input())
    ends = forms.TimeField(label="To", widget=time_input())
    valid_from = forms.DateField(label="Beginning on", widget=date_input(), help_text="Until the day before, it stays.")

    def __init__(self, *args: Any, rule: AvailabilityRule, **kwargs: Any) -> None:
        begins = max(today(rule.facility.tz), rule.valid_from)
        super().__init__(*args, initial={"starts": rule.starts, "ends": rule.ends, "valid_from": begins}, **kwargs)


class EndHoursForm(forms.Form):
    last_day = forms.DateField(label="Last day", widget=date_input())

    def __init__(self, *args: Any, rule: AvailabilityRule, **kwargs: Any) -> None:
        super().__init__(*args, initial={"last_day": rule.valid_until or today(rule.facility.tz)}, **kwargs)


class SpanForm(forms.Form):
    """Whole days, or from a time to a time; `span` are the moments once it is valid."""

    first_day = forms.DateField(label="First day", widget=date_input())
    from_time = forms.TimeField(label="From", required=False, widget=time_input(), help_text="Empty: the whole day.")
    last_day = forms.DateField(label="Last day", widget=date_input())
    until_time = forms.TimeField(label="Until", required=False, widget=time_input(), help_text="Empty: the whole day.")
    note = forms.CharField(
        required=False, max_length=200, help_text="Everybody who books reads it. Nothing about anybody's health."
    )

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.facility = facility

    def clean(self) -> dict[str, Any]:
        """The days and times in moments of the facility; what the change of clocks skips is said beside its field."""
        values = super().clean() or {}
        if {"first_day", "last_day", "from_time", "until_time"} <= values.keys():
            with shown_on(self):
                values["starts_at"], values["ends_at"] = span_of(
                    values["first_day"], values["last_day"], from_time=values["from_time"],
                    until_time=values["until_time"], facility=self.facility,
                )  # fmt: skip
        return values

    @property
    def exception(self) -> dict[str, Any]:
        """What `add_exception` wants."""
        wanted = ("kind", "location", "starts_at", "ends_at", "note")
        return {name: self.cleaned_data[name] for name in wanted if name in self.cleaned_data}


class ExceptionForm(SpanForm):
    """Time away or extra hours of one practitioner."""

    KINDS = (Kind.LEAVE, Kind.TRAVEL, Kind.TRAINING, Kind.EXTRA)

    kind = forms.ChoiceField(label="What", choices=[(kind.value, kind.label) for kind in KINDS])
    field_order = ("kind",)


class ClosureForm(SpanForm):
    """A room, a piece of equipment or the whole facility is closed."""

    location = ByUuid(Location.objects.none(), label="What", required=False, empty_label="The whole facility")
    field_order = ("location",)

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, facility=facility, **kwargs)
        self.fields["location"].queryset = places_of(facility)
