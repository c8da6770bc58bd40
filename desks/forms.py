"""What the lists of the desks are filtered by. Nothing here is ever a name: filters stand in the address."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Role
from episodes.models import EpisodeOfCare


class PeopleFilter(forms.Form):
    """Who is listed. An answer that does not exist counts as none."""

    whose = forms.ChoiceField(label="Whose", required=False, choices=[("", "Everyone"), ("mine", "Mine")])
    status = forms.ChoiceField(
        label="Stage",
        required=False,
        choices=[("", "In care now")]
        + [(value, EpisodeOfCare.Status(value).label) for value in EpisodeOfCare.OPEN]
        + [("none", "Not in care now"), ("any", "Any stage")],
    )
    level = forms.ChoiceField(label="Level of care", required=False)
    due = forms.ChoiceField(
        label="Next step",
        required=False,
        choices=[("", "Any time"), ("overdue", "Overdue"), ("today", "Due today"), ("week", "Due within 7 days")],
    )
    sort = forms.ChoiceField(label="Order", required=False, choices=[("", "By name"), ("due", "By due time")])

    def __init__(self, *args: Any, levels: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", "Every level"), *levels]

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, without what is not a choice."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class RolesForm(forms.Form):
    """Whom to look at, and with which roles."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), to_field_name="uuid", empty_label="Choose a person")
    roles = forms.MultipleChoiceField(choices=Role, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people
