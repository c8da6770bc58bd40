"""Fields of the booking screens."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet


class ByUuid(forms.ModelChoiceField):
    """A choice of rows that the browser knows by their uuid."""

    def __init__(self, queryset: QuerySet[Any], **options: Any) -> None:
        super().__init__(queryset, to_field_name="uuid", **options)

    def to_python(self, value: Any) -> Any:
        """A value that is no uuid is a choice that is not there."""
        try:
            return super().to_python(value)
        except (ValueError, TypeError) as error:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error


class WallClockField(forms.DateTimeField):
    """A time on the facility's clock, or an ISO time with its offset."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 900}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": "Type a day and a time, such as 2026-11-24 14:30."}

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            if "ambiguous" in str(error):
                text = "The clock changes at that time, so it happens twice or not at all. Choose another."
                raise forms.ValidationError(text, code="clock") from error
            raise


def rows_of(model: type[Any], rows: list[Any]) -> QuerySet[Any]:
    return model.objects.filter(pk__in=[row.pk for row in rows])
