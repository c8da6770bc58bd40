"""Fields of the booking screens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.times import alternatives, is_skipped, wall_label


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


class WallClockInput(forms.DateTimeInput):
    """Day and time on the facility's clock. Where the clocks change, radio buttons ask which time is meant.

    A choice counts for the time that was typed when it was offered; typing another forgets it.
    """

    which_template = "_ui/wall_clock.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"type": "datetime-local", "step": 900, **(attrs or {})}, format="%Y-%m-%dT%H:%M")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        tz, shown = timezone.get_current_timezone(), wall_time(value)
        context = super().get_context(name, shown or value, attrs)
        found = alternatives(shown.date(), shown.time(), tz) if shown else []
        kept = context["widget"]["value"]
        picked = _moment(value) if found else None
        return context | {
            "which": f"{name}_which",
            "skipped": bool(found) and is_skipped(found),
            "alternatives": [
                {
                    "value": f"{kept}|{moment.isoformat()}",
                    "label": wall_label(moment, tz),
                    "checked": picked is not None and moment.utcoffset() == picked.utcoffset(),
                }
                for moment in found
            ],
        }

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        offered, _, chosen = (data.get(f"{name}_which") or "").partition("|")
        return chosen if chosen and offered == typed else typed

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        field = super()._render(template_name, context, renderer)
        return format_html("{}{}", field, render_to_string(self.which_template, context))


class WallClockField(forms.DateTimeField):
    """A time on the facility's clock, or an ISO time with its offset.

    For a time that the change of clocks skips or shows twice, the error carries its `alternatives`.
    """

    widget = WallClockInput
    default_error_messages = {"invalid": "Type a day and a time, such as 2026-11-24 14:30."}

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            shown = wall_time(value)
            found = alternatives(shown.date(), shown.time(), timezone.get_current_timezone()) if shown else []
            if not found:
                raise
            raise _which(shown, found) from error


def _which(shown: datetime | None, found: list[datetime]) -> forms.ValidationError:
    said = f"The clocks change then, and {shown:%H:%M} {'is skipped' if is_skipped(found) else 'comes twice'}."
    error = forms.ValidationError(f"{said} Choose which time is meant.", code="clock")
    error.alternatives = found
    return error


def wall_time(value: Any) -> datetime | None:
    """What the facility's clock shows at a typed time or a moment, None for what is no time."""
    if not isinstance(value, datetime):
        value = _parsed(str(value or "").strip())
    if value is None or value.tzinfo is None:
        return value
    return value.astimezone(timezone.get_current_timezone()).replace(tzinfo=None)


def _moment(value: Any) -> datetime | None:
    """The moment a value names by itself: it has an offset, or is an initial value that was one."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=timezone.get_current_timezone())
    parsed = _parsed(str(value).strip())
    return parsed.astimezone(timezone.get_current_timezone()) if parsed and parsed.tzinfo else None


def _parsed(text: str) -> datetime | None:
    try:
        return parse_datetime(text) or _by_format(text)
    except ValueError:
        return None


def _by_format(text: str) -> datetime | None:
    for form in get_format("DATETIME_INPUT_FORMATS"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  # the wall's time has no zone
        except ValueError:
            continue
    return None


def rows_of(model: type[Any], rows: list[Any]) -> QuerySet[Any]:
    return model.objects.filter(pk__in=[row.pk for row in rows])
