"""Rows that the tests of scheduling begin with."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.models import Facility, Location, User
from carecoord.bench import owed
from core import audit
from patients.models import Patient
from records.models import ChannelConsent
from scheduling import services
from scheduling.models import (
    Appointment,
    AppointmentType,
    AvailabilityException,
    AvailabilityRule,
    Reminder,
    ReminderRule,
)
from staff.models import Practitioner
from tests import factories


def saved(row: Any) -> Any:
    return audit.save(row, by=None, reason="test")


def visit_type(facility: Facility, **fields: Any) -> AppointmentType:
    fields = {"code": "visit", "name": "Physician consultation", "minutes": 30, **fields}
    return saved(AppointmentType(facility=facility, **fields))


def hours(
    practitioner: Practitioner, facility: Facility, starts: time = time(0, 0), ends: time = time(23, 59), **fields: Any
) -> None:
    """The same hours on every day of the week."""
    fields = {"valid_from": date(2020, 1, 1), **fields}
    for weekday in range(7):
        saved(
            AvailabilityRule(
                practitioner=practitioner, facility=facility, weekday=weekday, starts=starts, ends=ends, **fields
            )
        )


def rule(facility: Facility, **fields: Any) -> ReminderRule:
    return saved(ReminderRule(facility=facility, **{"days_before": 1, **fields}))


def consent(
    patient: Patient, facility: Facility, *, email: str = "marisol@example.net", **fields: Any
) -> ChannelConsent:
    address = factories.email_address(patient, email)
    fields = {"status": "active", "risk_notice_at": timezone.now(), **fields}
    return saved(ChannelConsent(patient=patient, facility=facility, contact_point=address, **fields))


def at(days: int, hour: int = 14, minute: int = 0, *, facility: Facility) -> datetime:
    """So many days from today at that time on the facility's clock."""
    day = timezone.now().astimezone(facility.tz).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), facility.tz)


def owe(facility: Facility, number: int, **choices: Any) -> list[Reminder]:
    """So many due reminders of as many people who consent, without the cost of booking each."""
    return owed.owe(visit_type(facility, code="owed"), number, **choices)


def visit(
    patient: Patient, practitioner: Practitioner, type: AppointmentType, *, by: User, starts_at: datetime, **fields: Any
) -> Appointment:
    fields = {"location": None, **fields}
    return services.book_appointment(
        patient=patient, type=type, practitioner=practitioner, starts_at=starts_at, by=by, **fields
    )


def away(facility: Facility, starts_at: datetime, ends_at: datetime, **fields: Any) -> AvailabilityException:
    """A closure, leave or extra hours; with nobody and nothing named, the whole facility is closed."""
    fields = {"kind": "closed", **fields}
    if fields["kind"] in {"closed", "extra"}:
        fields["facility"] = facility
    return saved(AvailabilityException(during=DateTimeTZRange(starts_at, ends_at), **fields))


def interpreter(facility: Facility, **fields: Any) -> Practitioner:
    row = factories.practitioner(
        facility, kind="interpreter", **{"given_name": "Ines", "family_name": "Prado", **fields}
    )
    hours(row, facility)
    return row


def scanner(facility: Facility, name: str = "Scanner A", **fields: Any) -> Location:
    return factories.LocationFactory(facility=facility, kind="equipment", name=name, **fields)
