"""Who waits for a time: put on the list, changed, served; and the times that came free, owed to them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Location, User
from core import audit
from core.errors import DomainError, explain
from scheduling.answering import is_worth_offering
from scheduling.models import Appointment, AppointmentType, FreedTime, WaitlistEntry, WaitlistOffer
from scheduling.services import rules
from scheduling.services.locks import lock
from staff.models import Practitioner

ON_IT_ALREADY = "This person is on the waitlist for this already. Change that entry instead."


@transaction.atomic
def add_to_waitlist(*, entry: WaitlistEntry, by: User) -> WaitlistEntry:
    """Put a person on the list for a kind of appointment; an entry with an appointment would come earlier.

    `entry` is new. Raises DomainError if the person is on it already, has died or is not of the facility, the
    wishes cannot be met, it is a group, or the appointment to be replaced is not a coming one of the same kind.
    """
    patient = lock(patient=entry.patient) or entry.patient
    rules.require_person(patient, entry.facility)
    _require_kind(entry.type)
    _require_replaceable(entry)
    _require_sensible(entry)
    open_episodes = patient.episodes.open().filter(facility=entry.facility)
    entry.episode = entry.episode or open_episodes.first()
    with explain(waitlist_once_per_type=ON_IT_ALREADY):
        return audit.save(entry, by=by)


@transaction.atomic
def change_entry(*, entry: WaitlistEntry, expected_version: int | None, by: User) -> WaitlistEntry:
    """Save what the person wishes now; the place in the order stays, but for the urgency.

    Raises DomainError if the person does not wait any more or the wishes cannot be met, core.errors.Conflict.
    """
    require_waiting(held_entry(entry))
    _require_sensible(entry)
    return audit.save(entry, by=by, expected_version=expected_version)


def close_met_wishes(*, appointment: Appointment, by: User | None, reason: str = "") -> None:
    """The person has got a time of the kind waited for: call it in the booking's own transaction.

    Who has a time and would come earlier still waits. A time offered meanwhile is withdrawn by the next drain.
    """
    waiting = WaitlistEntry.objects.filter(
        patient=appointment.patient, type=appointment.type, status=WaitlistEntry.Status.WAITING, appointment=None
    )
    for entry in waiting.select_for_update(no_key=True):
        close_entry(entry, WaitlistEntry.Status.BOOKED, "Booked", by, reason or "booked")


def owe_freed_time(
    *,
    appointment: Appointment,
    practitioner: Practitioner | None,
    location: Location | None,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    """Note a time that this appointment leaves free: call it in the transaction that frees it.

    Owes nothing for a group, a time less than an hour ahead, or what was only proposed (its offer sees to that).
    """
    if appointment.patient_id is None or practitioner is None or appointment.external:
        return
    if not is_worth_offering(starts_at) or _is_only_offered(appointment):
        return
    FreedTime.objects.create(
        facility=appointment.facility, practitioner=practitioner, location=location, starts_at=starts_at,
        ends_at=ends_at, freed_by=appointment,
    )  # fmt: skip


def held_entry(entry: WaitlistEntry) -> WaitlistEntry:
    """The entry as it is now, held until the transaction ends. Lock the patient before, if at all."""
    rows = WaitlistEntry.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("facility", "type", "patient", "practitioner", "appointment").get(pk=entry.pk)


def require_waiting(entry: WaitlistEntry) -> None:
    """Raises DomainError if the entry is closed."""
    if entry.status != WaitlistEntry.Status.WAITING:
        raise DomainError("This person does not wait any more: has a time, or was taken off.", code="closed")


def close_entry(entry: WaitlistEntry, status: str, why: str, by: User | None, reason: str = "") -> None:
    """End the waiting. `reason` is the code in the history when nobody of the staff did it."""
    entry.status, entry.closed_at, entry.closed_reason = status, timezone.now(), why
    audit.save(entry, by=by, reason="" if by else reason)


def _is_only_offered(appointment: Appointment) -> bool:
    return WaitlistOffer.objects.filter(appointment=appointment, status=WaitlistOffer.Status.OFFERED).exists()


def _require_kind(type: AppointmentType) -> None:
    if type.is_group:
        raise DomainError("Nobody waits for a group: give a seat at one of its sessions.", code="group", field="type")


def _require_replaceable(entry: WaitlistEntry) -> None:
    held = entry.appointment
    if held is None:
        return
    if held.patient_id != entry.patient_id or held.type_id != entry.type_id:
        raise DomainError("That is another person's or another kind of appointment.", code="appointment")
    if held.status not in ("pending", "booked") or held.starts_at <= timezone.now():
        raise DomainError("That appointment is over or cancelled: put the person on the list without it.", code="over")


def _require_sensible(entry: WaitlistEntry) -> None:
    today = timezone.localdate(timezone=entry.facility.tz)
    if entry.latest_on and entry.latest_on < today:
        raise DomainError("The last day is past. Choose a later one, or leave it empty.", field="latest_on")
    if entry.latest_on and entry.earliest_on and entry.latest_on < entry.earliest_on:
        raise DomainError("The last day is before the first.", field="latest_on")
    if entry.from_time and entry.until_time and entry.until_time <= entry.from_time:
        raise DomainError("It ends before it begins.", field="until_time")
    _require_of_kind(entry)


def _require_of_kind(entry: WaitlistEntry) -> None:
    kind = entry.type.practitioner_kind
    if entry.practitioner and kind and entry.practitioner.kind != kind:
        label = entry.type.get_practitioner_kind_display().lower()
        raise DomainError(f"For this kind choose a {label}, or anybody.", field="practitioner")
