"""Many reminders that are due, of as many people who consent, written in a few statements.

For measuring and for tests alone: the people have no history.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Facility
from core.times import at_wall_time, today
from patients.models import ContactPoint, Patient
from records.models import ChannelConsent
from scheduling.models import Appointment, AppointmentLink, AppointmentType, Reminder

DOMAIN = "example.net"
GIVEN = ("Ana", "Grace", "José")


def owe(type: AppointmentType, number: int, *, first: int = 0, **choices: Sequence[Any]) -> list[Reminder]:
    """So many due reminders. Each of `choices` is a field of the consent, its values taken in turn."""
    facility = type.facility
    people = Patient.objects.bulk_create([_person(n) for n in range(first, first + number)], batch_size=1000)
    addresses = ContactPoint.objects.bulk_create([_address(person) for person in people], batch_size=1000)
    picked = [{name: values[n % len(values)] for name, values in choices.items()} for n in range(number)]
    consents = [
        ChannelConsent(
            patient=address.patient, facility=facility, contact_point=address, status=ChannelConsent.Status.ACTIVE,
            risk_notice_at=timezone.now(), **chosen,
        )
        for address, chosen in zip(addresses, picked, strict=True)
    ]  # fmt: skip
    ChannelConsent.objects.bulk_create(consents, batch_size=1000)
    visits = [_visit(type, person, n) for n, person in enumerate(people)]
    return remind(Appointment.objects.bulk_create(visits, batch_size=1000))


def remind(visits: Sequence[Appointment]) -> list[Reminder]:
    """A reminder of each, due now."""
    rows = [
        Reminder(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now()) for visit in visits
    ]
    return Reminder.objects.bulk_create(rows, batch_size=1000)


def _person(n: int) -> Patient:
    return Patient(
        record_number=f"owed-{n}", given_name=GIVEN[n % 3], family_name=f"Secret{n}", birth_date=date(1990, 5, 17)
    )


def _address(person: Patient) -> ContactPoint:
    value = f"p{person.record_number.removeprefix('owed-')}@{DOMAIN}"
    return ContactPoint(patient=person, system=ContactPoint.System.EMAIL, value=value, search_key=value)


def _visit(type: AppointmentType, person: Patient, n: int) -> Appointment:
    """In three days, in one of the forty quarters of an hour from 08:00 on."""
    tz = type.facility.tz
    starts_at = at_wall_time(today(tz) + timedelta(days=3), datetime.min.time().replace(hour=8), tz)
    starts_at += timedelta(minutes=15 * (n % 40))
    visit = Appointment(facility=type.facility, type=type, patient=person)
    visit.set_time(starts_at, starts_at + timedelta(minutes=type.minutes), tz)
    return visit


def measured_type() -> AppointmentType:
    facility, _ = Facility.objects.get_or_create(code="bench-mail", defaults={"name": "Measured House"})
    made = {"name": "Visit", "minutes": 30}
    return AppointmentType.objects.get_or_create(facility=facility, code="measured", defaults=made)[0]


@contextmanager
def measured_house() -> Iterator[AppointmentType]:
    """What is booked in a house of its own, which owes nothing before and after."""
    type = measured_type()
    _forget(type)  # of a measurement that was broken off
    try:
        yield type
    finally:
        _forget(type)


def _forget(type: AppointmentType) -> None:
    """By statements, not by row: nothing else can refer to what was made here."""
    visits = Appointment.objects.filter(type=type)
    people = list(visits.values_list("patient", flat=True))
    settle_all(type)
    for rows in (
        visits,
        ChannelConsent.objects.filter(patient__in=people),
        ContactPoint.objects.filter(patient__in=people),
    ):
        rows._raw_delete(rows.db)
    Patient.objects.filter(pk__in=people)._raw_delete("default")


def settle_all(type: AppointmentType) -> None:
    """Nothing is owed any more, and nothing is known of what was."""
    for model in (AppointmentLink, Reminder):
        model.objects.filter(appointment__in=Appointment.objects.filter(type=type))._raw_delete("default")
