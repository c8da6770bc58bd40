"""A time kept free for some minutes while somebody chooses."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Facility, Location, User
from core import audit
from core.errors import DomainError
from scheduling.models import Appointment, AppointmentType, Hold
from scheduling.services import guards, overrides, rules
from scheduling.services.locks import lock, locked, locked_holds
from scheduling.services.placing import candidates
from staff.models import Practitioner


@transaction.atomic
def hold_time(
    *,
    type: AppointmentType,
    practitioner: Practitioner,
    location: Location | None,
    starts_at: datetime,
    facility: Facility,
    by: User | None,
    interpreter: Practitioner | None = None,
    equipment: Location | None = None,
    appointment: Appointment | None = None,
    minutes: int = 10,
) -> Hold:
    """Keep a time; nobody else can take it for so many minutes. `by` None is the patient, by the link.

    One at a time of a person, or of the `appointment` that would move there: an earlier one is let go.
    Raises DomainError if anybody or anything is taken or away then, or not of the facility.
    """
    spare = candidates(type, equipment)
    patient = appointment.patient if appointment else None
    lock([practitioner, interpreter], [location, *spare], patient)
    earlier = _earlier(appointment, by)
    hold = Hold(
        facility=facility, type=type, appointment=appointment, practitioner=practitioner, interpreter=interpreter,
        location=None if type.is_telehealth else location, starts_at=starts_at, held_by=by,
    )  # fmt: skip
    hold.ends_at, hold.expires_at = (
        starts_at + timedelta(minutes=type.minutes),
        timezone.now() + timedelta(minutes=minutes),
    )
    rules.require_future(hold)
    rules.require_staff(hold)
    found = rules.against(hold, candidates=spare, letting_go=[row.pk for row in earlier])
    overrides.require_none(found.refusals, reason="", by=by, facility=facility)
    if appointment and patient and guards.is_elsewhere(patient, hold, but=appointment):
        raise guards.refusal(("patient", patient))
    audit.save(hold, by=by, reason=_reason(by))
    guards.take(hold, by, reason=_reason(by))
    return hold


@transaction.atomic
def release_hold(*, hold: Hold, by: User | None) -> None:
    """Let it go before it expires. Harmless twice."""
    for row in locked_holds([hold.pk]):
        guards.release(row, by, reason=_reason(by))


def usable(hold: Hold, *, by: User | None, appointment: Appointment | None = None) -> list[int]:
    """The hold's key, for a booking that uses it up. Raises DomainError if it is over or somebody else's."""
    row = Hold.objects.select_related("facility").get(pk=hold.pk)
    mine = row.held_by_id == (by.pk if by else None)
    if not mine or (row.appointment_id and row.appointment_id != (appointment.pk if appointment else None)):
        raise DomainError("This time is held for somebody else. Choose another.", code="hold")
    if row.released_at or row.expires_at <= timezone.now():
        until = row.expires_at.astimezone(row.facility.tz)
        said = f"The time was kept until {until:%H:%M} and is no longer held. Choose a time again."
        raise DomainError(said, code="hold")
    return [row.pk]


def _earlier(appointment: Appointment | None, by: User | None) -> QuerySet[Hold]:
    """Holds of the same appointment or person that are open; two at once would each find none, so one waits."""
    rows = Hold.objects.filter(released_at__isnull=True)
    if appointment:
        locked(appointment)
        return rows.filter(appointment=appointment)
    if by is None:
        return rows.none()
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    return rows.filter(held_by=by, appointment__isnull=True)


def _reason(by: User | None) -> str:
    return "" if by else "link"
