"""What is typed to book a series, to change it, and to settle its days."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.models import Facility, Location
from core.labels import day_label, when_label
from core.times import alternatives, today, wall_label
from scheduling.forms.fields import ByUuid, rows_of
from scheduling.models import AppointmentType, Series
from scheduling.recurrence import MOST, WEEKDAYS, Pattern
from scheduling.selectors import bookable_practitioners, bookable_types
from scheduling.selectors.columns import rooms_of
from scheduling.selectors.resources import interpreters_of
from scheduling.selectors.seriesplan import Line, Terms, What
from scheduling.services import Choice
from staff.models import Practitioner

DATE = forms.DateInput(attrs={"type": "date"})
SAID = {choice.value: choice for choice in Choice}
TIME = forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M")


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Weekdays as boxes to tick; 0 is Monday."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=list(enumerate(WEEKDAYS)), coerce=int, **options)


class TermsForm(forms.Form):
    """On which weekdays, when, with whom and where."""

    weekdays = WeekdaysField(error_messages={"required": "Tick at least one weekday."})
    wall_time = forms.TimeField(label="Time", widget=TIME)
    practitioner = ByUuid(Practitioner.objects.none())
    location = ByUuid(Location.objects.none(), label="Room", required=False, empty_label="No room")
    interpreter = ByUuid(Practitioner.objects.none(), required=False, empty_label="No interpreter")

    def __init__(self, *args: Any, facility: Facility, type: AppointmentType | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = type
        self.fields["practitioner"].queryset = rows_of(Practitioner, bookable_practitioners(facility, type))
        self.fields["location"].queryset = rows_of(Location, rooms_of(facility))
        self.fields["interpreter"].queryset = interpreters_of(facility)

    def clean(self) -> dict[str, Any]:
        """A visit on site needs a room, one by video none."""
        values = super().clean() or {}
        kind = self.type or values.get("type")
        if kind and kind.is_telehealth:
            values["location"] = None
        elif kind and not values.get("location") and "location" not in self.errors:
            self.add_error("location", "Choose a room.")
        return values


class SeriesForm(TermsForm):
    """A series that is to be booked."""

    type = ByUuid(AppointmentType.objects.none(), label="Appointment")
    interval = forms.TypedChoiceField(label="How often", choices=Series.Interval, coerce=int)
    starts_on = forms.DateField(label="From", widget=DATE)
    until = forms.DateField(label="Last day", required=False, widget=DATE)
    count = forms.IntegerField(label="Or so many visits", required=False, min_value=1, max_value=MOST)
    field_order = (
        "type", "practitioner", "location", "interpreter", "interval", "weekdays", "wall_time", "starts_on", "until",
        "count",
    )  # fmt: skip

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, facility=facility, **kwargs)
        self.fields["type"].queryset = bookable_types(facility)

    def clean(self) -> dict[str, Any]:
        """It ends on a day or after so many visits, not both."""
        values = super().clean()
        ends = [name for name in ("until", "count") if values.get(name)]
        if len(ends) != 1 and not {"until", "count"} & set(self.errors):
            self.add_error(
                "until", "Choose a last day or a number of visits." if not ends else "Choose one of the two."
            )
        return values


class SeriesChangeForm(TermsForm):
    """What a series says from now on."""

    until = forms.DateField(label="Last day", widget=DATE)
    field_order = ("weekdays", "wall_time", "until", "practitioner", "location", "interpreter")

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        super().__init__(*args, facility=series.facility, type=series.type, initial=_present(series), **kwargs)
        self.series = series
        for name in ("practitioner", "location", "interpreter"):
            self._offer_who_is_there(name, getattr(series, name))

    def _offer_who_is_there(self, name: str, row: Practitioner | Location | None) -> None:
        """Whoever has no hours any more is not dropped unseen."""
        if row is not None:
            rows = self.fields[name].queryset
            self.fields[name].queryset = rows.model.objects.filter(pk__in=[row.pk, *rows.values_list("pk", flat=True)])

    @property
    def terms(self) -> Terms:
        """What was typed, as the series would say it. After `is_valid`."""
        chosen, now = self.cleaned_data, self.series
        pattern = Pattern(tuple(chosen["weekdays"]), now.interval, now.starts_on, chosen["until"], chosen["wall_time"])
        return Terms(pattern, chosen["practitioner"], chosen["location"], chosen["interpreter"])


def _present(series: Series) -> dict[str, Any]:
    return {
        "weekdays": series.weekdays, "wall_time": series.wall_time, "until": series.until,
        "practitioner": series.practitioner.uuid,
        "location": series.location.uuid if series.location else None,
        "interpreter": series.interpreter.uuid if series.interpreter else None,
    }  # fmt: skip


class CancelSeriesForm(forms.Form):
    """Why visits are cancelled, and which of them."""

    reason = forms.CharField(max_length=200)
    with_exceptions = forms.BooleanField(label="Cancel those too that were changed by themselves", required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DaysForm(forms.Form):
    """What becomes of each day: as planned where that works, another time, or no visit."""

    def __init__(
        self, lines: Sequence[Line], *, facility: Facility, posted: Mapping[str, str] | None = None, rest: bool = False
    ) -> None:
        self.lines = {name_of(line.on): line for line in lines if line.is_planned}
        values = {name: posted[name] for name in self.lines if name in posted} if posted is not None else None
        if rest and values is not None:
            values |= {name: Choice.OUT for name, line in self.lines.items() if line.problem and not values.get(name)}
        super().__init__(values)
        for name, line in self.lines.items():
            self.fields[name] = _day_field(line, facility)

    def shown(self, line: Line) -> dict[str, Any]:
        """The field of a day and what is chosen in it, for a row; no field where nothing is to be chosen."""
        name = name_of(line.on)
        field = self[name] if name in self.fields else None
        return {"field": field, "chosen": field.value() if field else ""}

    @property
    def choices(self) -> dict[date, datetime | Choice]:
        """What was chosen other than what is planned. After `is_valid`."""
        chosen = {self.lines[name].on: value for name, value in self.cleaned_data.items() if value != Choice.PLAN}
        return {day: SAID[value] if value in SAID else datetime.fromisoformat(value) for day, value in chosen.items()}


def name_of(day: date) -> str:
    return f"day-{day.isoformat()}"


def _day_field(line: Line, facility: Facility) -> forms.ChoiceField:
    told = day_label(line.on, today(facility.tz))
    again = {
        "required": "Choose another time, or leave this day out.",
        "invalid_choice": "This is no longer free. Choose another time, or leave this day out.",
    }
    field = forms.ChoiceField(label=told, choices=_day_choices(line, facility), error_messages=again)
    field.initial = "" if line.problem else Choice.PLAN
    return field


def _day_choices(line: Line, facility: Facility) -> list[tuple[str, str]]:
    tz, moves = facility.tz, line.what == What.MOVE
    choices = [("", "Choose …")] if line.problem else [(Choice.PLAN.value, "As planned")]
    choices += [(moment.isoformat(), f"{_said(moment, tz)} instead") for moment in line.others]
    if moves and line.appointment:
        choices += [(Choice.STAY.value, f"Stays at {when_label(line.appointment.starts_at, tz)}")]
    return [*choices, (Choice.OUT.value, "Cancel this one" if moves else "No visit on this day")]


def _said(moment: datetime, tz: ZoneInfo) -> str:
    """The time alone, with its side of the change where the clocks show it twice."""
    local = moment.astimezone(tz)
    return wall_label(moment, tz) if alternatives(local.date(), local.time(), tz) else f"{local:%H:%M}"
