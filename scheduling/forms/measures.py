"""Of which days, and of which facility, the measures are."""

from datetime import timedelta
from typing import Any

from django import forms

from accounts.models import Facility
from core.times import today

WEEKS = 12
MOST_DAYS = 371  # 53 weeks


class MeasureForm(forms.Form):
    """The last twelve weeks of the facility one is at, unless others are chosen."""

    first = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    facility = forms.TypedChoiceField()

    def __init__(self, *args: Any, facilities: list[Facility], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_uuid = {str(row.uuid): row for row in facilities}
        self.fields["facility"].choices = [(uuid, row.name) for uuid, row in by_uuid.items()]
        self.fields["facility"].coerce = by_uuid.get

    @staticmethod
    def usual(facility: Facility) -> dict[str, Any]:
        """Twelve weeks up to today."""
        last = today(facility.tz)
        monday = last - timedelta(days=last.weekday())
        return {"first": monday - timedelta(weeks=WEEKS - 1), "last": last, "facility": facility.uuid}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first.")
        elif first and last and (last - first).days >= MOST_DAYS:
            self.add_error("last", "Choose a year at most.")
        return values
