"""The shape of what people type about a person; the services decide."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from accounts.models import AccessEvent, Membership, User
from accounts.roles import Perm, Role
from accounts.selectors import log_subjects
from core.forms import VersionedForm
from core.text import digits
from patients.explaining import what
from patients.languages import language_choices
from patients.models import Address, AllergyIntolerance, ContactPoint, Flag, Note, Patient, RelatedPerson


class DateInput(forms.DateInput):
    """The browser's own date field, always in ISO form."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EditForm(VersionedForm):
    """A form of a row that may be edited by two people."""

    @property
    def changes(self) -> dict[str, Any]:
        """What the service gets: the fields without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class PatientForm(EditForm):
    language = forms.ChoiceField()

    class Meta:
        model = Patient
        fields = (
            "preferred_name", "pronouns", "prefix", "given_name", "family_name", "suffix", "birth_date", "gender",
            "gender_identity", "language", "interpreter_needed",
        )  # fmt: skip
        widgets: ClassVar = {"birth_date": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices(self.instance.language)


class DeceasedForm(forms.Form):
    at = forms.DateTimeField(
        label="Time of death",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="Leave empty if it is not known.",
    )


class ContactPointForm(EditForm):
    class Meta:
        model = ContactPoint
        fields = ("system", "value", "use", "rank", "leave_no_message", "safe_from", "safe_until")
        widgets: ClassVar = {
            "safe_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "safe_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        labels: ClassVar = {"system": "Kind", "value": "Number or e-mail address", "rank": "Order"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["use"].choices = [
            ("", "Not known"),
            *(pair for pair in ContactPoint.Use.choices if pair[0] != "old"),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        system, value = cleaned.get("system"), cleaned.get("value")
        if system and value:
            self._check_value(system, value.strip())
        if bool(cleaned.get("safe_from")) != bool(cleaned.get("safe_until")):
            self.add_error("safe_until", "Give both times, or neither.")
        return cleaned

    def _check_value(self, system: str, value: str) -> None:
        """Kept as typed: the check only tells whether it could be reached at all."""
        if system == ContactPoint.System.EMAIL:
            try:
                forms.EmailField().clean(value)
            except forms.ValidationError:
                self.add_error("value", "Enter an e-mail address such as name@example.org.")
        elif not 7 <= len(digits(value)) <= 15:  # ITU E.164; a record may hold numbers of any country
            self.add_error("value", "Enter a telephone number with its area code, such as 212 555 0142.")


class AddressForm(EditForm):
    class Meta:
        model = Address
        fields = ("use", "line", "city", "state", "postal_code", "country")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(name) for name in ("line", "city", "state", "postal_code")):
            self.add_error("line", "Enter at least a street, a town, or a ZIP code.")
        return cleaned


class AllergyForm(forms.ModelForm):
    class Meta:
        model = AllergyIntolerance
        fields = ("substance", "reaction", "criticality")
        labels: ClassVar = {"substance": "Allergic to", "reaction": "What happens", "criticality": "How serious"}


class FlagForm(forms.ModelForm):
    class Meta:
        model = Flag
        fields = ("category", "text", "ends_at")
        labels: ClassVar = {"text": "What everyone has to know first", "ends_at": "Until"}
        help_texts: ClassVar = {"text": "Shown to everyone who may open the record.", "ends_at": "Empty: until ended."}
        widgets: ClassVar = {
            "ends_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }


class RelatedPersonForm(forms.ModelForm):
    class Meta:
        model = RelatedPerson
        fields = ("name", "relationship", "phone", "email", "is_emergency_contact")
        labels: ClassVar = {"phone": "Telephone", "is_emergency_contact": "Call in an emergency"}


class NoteForm(EditForm):
    kind = forms.ChoiceField(choices=[pair for pair in Note.Kind.choices if pair[0] != Note.Kind.ADDENDUM])

    class Meta:
        model = Note
        fields = ("kind", "text")
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 12})}


class AddendumForm(forms.Form):
    text = forms.CharField(label="What you add", widget=forms.Textarea(attrs={"rows": 8}))


class _ColleagueField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user} · {Role(obj.role).label}"


class CareTeamForm(forms.Form):
    colleague = _ColleagueField(queryset=Membership.objects.none(), to_field_name="uuid", empty_label="Choose someone")

    def __init__(self, *args: Any, colleagues: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].queryset = colleagues


class NumberForm(forms.Form):
    number = forms.CharField(label="Record number", max_length=80, help_text="Exactly, such as CC-100042.")


class RestrictForm(forms.Form):
    words = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Staff, family of staff, a public person. Only who may restrict charts reads this.",
    )


class LiftForm(forms.Form):
    answer = forms.CharField(label="Why it need not be restricted any more", max_length=500)


class MergeForm(forms.Form):
    reason = forms.CharField(
        label="How you know that they are one person", max_length=300, help_text="Such as: same card, asked in person."
    )


class LogFilterForm(forms.Form):
    """What the read log is asked for. The chart is chosen by a link and named by its uuid alone."""

    person = forms.ChoiceField(required=False)
    since = forms.DateField(label="From", required=False, widget=DateInput)
    until = forms.DateField(label="Until", required=False, widget=DateInput)
    action = forms.ChoiceField(required=False, choices=[("", "Any"), *AccessEvent.Action.choices])
    subject = forms.ChoiceField(label="What", required=False, choices=[("", "Anything"), *log_subjects()])
    outcome = forms.ChoiceField(required=False, choices=[("", "Any"), *AccessEvent.Outcome.choices])
    chart = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Anybody"), *((str(user.uuid), str(user)) for user in people)]


class _MomentInput(forms.DateTimeInput):
    """Date and time in the browser's own field, in the facility's zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class BreachForm(forms.Form):
    """A person, and from when until when somebody may have read as that person."""

    person = forms.ChoiceField()
    since = forms.DateTimeField(label="From", widget=_MomentInput)
    until = forms.DateTimeField(label="Until", widget=_MomentInput)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Choose someone"), *((str(user.uuid), str(user)) for user in people)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("since") and given.get("until") and given["since"] >= given["until"]:
            self.add_error("until", "The end comes after the beginning.")
        return given


class ExplainForm(forms.Form):
    """Who, of whom, what."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), label="Who", empty_label="Choose a person")
    number = forms.CharField(label="Record number", max_length=80, help_text="Exactly, such as CC-100042.")
    perm = forms.ChoiceField(label="Wants to", choices=[])

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people
        wanted = [perm for perm in Perm if perm.about_patients]
        self.fields["perm"].choices = [(perm.value, what(perm)[0].upper() + what(perm)[1:]) for perm in wanted]
        self.fields["perm"].initial = Perm.NAME_VIEW
