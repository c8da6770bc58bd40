"""What is offered, who takes part, when it meets."""

from typing import Any

from django import forms

from accounts.models import Facility
from activities.models import Enrolment, Program
from activities.selectors.programs import leaders, program_choices, rooms
from core.forms import VersionedForm
from core.times import today

DAY = {"type": "date"}
CLOCK = {"type": "time", "step": "300"}


class ProgramForm(VersionedForm):
    class Meta:
        model = Program
        fields = ["name", "modality", "aims", "precautions", "supplies", "capacity", "leader", "is_active"]
        labels = {"is_active": "Offered now", "modality": "Kind"}
        help_texts = {"capacity": "People who can be enrolled at a time, and seats of a session."}
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in ("aims", "precautions", "supplies")}

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].queryset = leaders(facility)  # type: ignore[attr-defined]
        self.fields["leader"].empty_label = "Decided at each session"  # type: ignore[attr-defined]
        self.fields["capacity"].min_value = 1  # type: ignore[attr-defined]
        if not self.instance.pk:
            self.instance.facility = facility
            del self.fields["is_active"]

    def clean_capacity(self) -> int:
        capacity: int = self.cleaned_data["capacity"]
        if not 1 <= capacity <= 100:
            raise forms.ValidationError("A group has 1 to 100 places.")
        return capacity


class EnrolmentForm(forms.ModelForm):
    class Meta:
        model = Enrolment
        fields = ["program", "starts_on", "times_per_week"]
        labels = {"starts_on": "From", "times_per_week": "Planned times a week"}
        widgets = {"starts_on": forms.DateInput(attrs=DAY, format="%Y-%m-%d")}

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = program_choices(facility)  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = today(facility.tz)
        self.fields["times_per_week"].min_value = 0  # type: ignore[attr-defined]

    def clean_times_per_week(self) -> Any:
        times = self.cleaned_data["times_per_week"]
        if times is not None and not 0 < times <= 21:
            raise forms.ValidationError("Plan up to 21 times a week, or leave it empty.")
        return times


class PersonForm(forms.Form):
    """Whom to enroll, of the people somebody works with."""

    person = forms.ChoiceField(label="Person")

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Choose a person"), *people]  # type: ignore[attr-defined]


class SessionForm(forms.Form):
    program = forms.ModelChoiceField(queryset=None, empty_label="Choose a program")
    day = forms.DateField(label="Date", widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    starts = forms.TimeField(label="From", widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"))
    ends = forms.TimeField(label="To", widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"))
    leader = forms.ModelChoiceField(queryset=None, empty_label="Choose a leader")
    location = forms.ModelChoiceField(queryset=None, required=False, empty_label="No room", label="Room")
    weeks = forms.IntegerField(
        label="Weeks in a row",
        min_value=1,
        max_value=26,
        initial=1,
        help_text="1 plans this session alone. With more, all are planned or none.",
    )

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = program_choices(facility)  # type: ignore[attr-defined]
        self.fields["leader"].queryset = leaders(facility)  # type: ignore[attr-defined]
        self.fields["location"].queryset = rooms(facility)  # type: ignore[attr-defined]
        for name in ("program", "leader", "location"):
            self.fields[name].to_field_name = "uuid"  # type: ignore[attr-defined]
