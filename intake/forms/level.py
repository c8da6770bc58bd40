"""Ratings of the dimensions, and the decision."""

from typing import Any

from django import forms

from episodes.models import LevelOfCare
from intake.forms.screening import radio_groups
from intake.levels import DIMENSIONS, EDITION, RATINGS


class LevelForm(forms.Form):
    """`seen` is the recommendation that the page shows: nobody decides on one that he or she has not read."""

    person_centred = forms.CharField(
        label="6. Barriers and wishes",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the person wants, and what stands in the way.",
    )
    decided = forms.ModelChoiceField(
        label="Level decided",
        required=False,
        queryset=LevelOfCare.objects.filter(edition=EDITION),
        empty_label="As recommended",
    )
    difference_reason = forms.CharField(
        label="Why it differs",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only if you decide differently.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, label in DIMENSIONS.items():
            self.fields[f"rating_{number}"] = forms.TypedChoiceField(
                label=f"{number}. {label}",
                choices=[(rating, f"{rating} {words}") for rating, words in RATINGS.items()],
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": "Rate this dimension."},
            )

    def ratings(self) -> list[int]:
        """Of dimensions 1 to 5; shorter while some are not rated."""
        found = (self.cleaned_data.get(f"rating_{number}") for number in DIMENSIONS)
        return [rating for rating in found if rating not in (None, "")]

    def questions(self) -> list[dict[str, Any]]:
        return radio_groups(self, [f"rating_{number}" for number in DIMENSIONS])


class HandOverForm(forms.Form):
    to_user = forms.ModelChoiceField(
        label="To", required=False, queryset=None, empty_label="The patient care desk (whoever is free)"
    )
    message = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), help_text="What to look at first."
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_user"].queryset = people


def initial_ratings(row: Any) -> dict[str, Any]:
    """The form's beginning from the determination before, None for none."""
    if row is None:
        return {}
    ratings = {f"rating_{number}": rating for number, rating in enumerate(row.ratings, 1)}
    return {**ratings, "person_centred": row.person_centred}
