"""Shapes of the hand-off, the next step and the task."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from core.forms import VersionedForm
from episodes.models import EpisodeOfCare
from patients.forms import DateInput
from patients.models import EmergencyAccess


class Moment(forms.DateTimeInput):
    """The browser's own picker; the time is the facility's."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class FutureField(forms.DateTimeField):
    """A time to come, in the facility's zone."""

    widget = Moment

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value and value <= timezone.now():
            raise forms.ValidationError("This time has passed. Choose a later one.")


class AddresseeField(forms.ChoiceField):
    """A desk, or one person of it, in one list: `clinician:` is the desk, `clinician:12` the person.

    Gives (role, user or None).
    """

    def offer(self, people: dict[str, list[User]], *, desks: bool = True) -> None:
        """Fill the list with people by role, each group headed by its desk."""
        self._people = {str(person.pk): person for group in people.values() for person in group}
        anyone = [("", "Choose a desk or a person")]
        groups = [(Role(role).label, self._group(role, group, desks)) for role, group in people.items() if group]
        self.choices = anyone + groups

    def _group(self, role: str, people: list[User], desks: bool) -> list[tuple[str, str]]:
        desk = [(f"{role}:", f"{Role(role).label}: anyone at the desk")] if desks else []
        return desk + [(f"{role}:{person.pk}", str(person)) for person in people]

    def clean(self, value: Any) -> tuple[str, User | None] | None:
        chosen: str = super().clean(value)
        if not chosen:
            return None
        role, _, pk = chosen.partition(":")
        return role, self._people.get(pk)


class HandoffForm(forms.Form):
    to = AddresseeField(label="Hand to")
    next_step = forms.CharField(max_length=120, label="Next step for them", help_text="Such as: Write the care plan")
    message = forms.CharField(
        required=False, label="What they should know", widget=forms.Textarea(attrs={"rows": 4}), max_length=4000
    )
    due_at = FutureField(label="Accept by")


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="What is missing", widget=forms.Textarea(attrs={"rows": 4}), max_length=2000,
        help_text="The sender gets this as a task.",
    )  # fmt: skip


class BatonForm(forms.Form):
    to = AddresseeField(label="New holder of the baton")
    next_step = forms.CharField(max_length=120, label="Next step")
    due_at = FutureField(label="Due")


class TaskForm(forms.Form):
    to = AddresseeField(label="Ask")
    text = forms.CharField(max_length=200, label="What is needed")
    due_at = FutureField(label="By when")
    urgent = forms.BooleanField(required=False, label="Urgent")


class NextStepForm(VersionedForm):
    due_at = FutureField(label="Due")

    class Meta:
        model = EpisodeOfCare
        fields = ["next_step", "due_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_step"].required = True


class EmergencyForm(forms.Form):
    """Why a chart has to open now."""

    reason = forms.ChoiceField(choices=EmergencyAccess.Reason, widget=forms.RadioSelect, label="Reason")
    words = forms.CharField(
        label="What happens, in your words",
        min_length=15,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="At least 15 characters. The privacy officer reads this.",
    )


class NamedEmergencyForm(EmergencyForm):
    """And whose, exactly: a record number, or the name with the birth date."""

    number = forms.CharField(label="Record number", max_length=80, required=False)
    given = forms.CharField(label="Given name", max_length=200, required=False)
    family = forms.CharField(label="Family name", max_length=200, required=False)
    born = forms.DateField(label="Birth date", required=False, widget=DateInput())

    field_order = ("number", "given", "family", "born", "reason", "words")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        named = typed.get("given") and typed.get("family") and typed.get("born")
        if not typed.get("number") and not named:
            raise forms.ValidationError("Give the record number, or given name, family name and birth date.")
        return typed

    @property
    def asked(self) -> dict[str, Any]:
        """What the service gets."""
        typed = dict(self.cleaned_data)
        why = {"reason": typed.pop("reason"), "words": typed.pop("words")}
        return why | {"named": typed}


class ReviewForm(forms.Form):
    """Whether an emergency access was right."""

    outcome = forms.ChoiceField(choices=EmergencyAccess.Outcome, widget=forms.RadioSelect, label="The access was")
    review = forms.CharField(label="What you found", widget=forms.Textarea(attrs={"rows": 4}), max_length=4000)
