"""What messages depend on, read for many rows in few queries, and the rules that let a message go."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import Facility
from patients.models import ContactPoint
from records.models import ChannelConsent
from records.selectors import permits_mail, standing_consents
from scheduling import clock
from scheduling.models import Appointment, Reminder, WaitlistOffer
from scheduling.services.marks import fingerprints
from scheduling.services.queue import mail_hours

WITH = ("rule", "appointment__patient", "appointment__offer")
NEEDED = (
    "uuid schedule_version purpose send_at at_any_hour attempts appointment rule__asks_confirmation "
    "appointment__uuid appointment__facility appointment__patient appointment__status appointment__starts_at "
    "appointment__ends_at appointment__wall_date appointment__schedule_version appointment__reply "
    "appointment__video_url appointment__patient__given_name appointment__patient__preferred_name "
    "appointment__patient__deceased appointment__offer__status appointment__offer__expires_at"
).split()
EXPECTED = (Appointment.Status.PENDING, Appointment.Status.BOOKED)


@dataclass(frozen=True)
class Owed:
    """One row with all it depends on. `seen` changes when any of it does."""

    reminder: Reminder
    appointment: Appointment
    consent: ChannelConsent | None  # not taken back, but perhaps of no use
    seen: str

    @property
    def is_due(self) -> bool:
        """False for what would go later today, and is told with another."""
        return self.reminder.send_at <= timezone.now()


def read(pks: Collection[int], worker: str) -> list[Owed]:
    """These rows as they are now, as far as this worker still holds them, the longest due first. Four queries."""
    seen = fingerprints(pks)
    mine = Reminder.objects.filter(pk__in=pks, worker=worker, status=Reminder.Status.CLAIMED)
    rows = list(mine.select_related(*WITH).only(*NEEDED).order_by("send_at", "pk"))
    facilities = Facility.objects.in_bulk({row.appointment.facility_id for row in rows})
    consents = standing_consents({row.appointment.patient_id for row in rows if row.appointment.patient_id})
    for row in rows:
        row.appointment.facility = facilities[row.appointment.facility_id]
    return [_owed(row, consents, seen.get(row.pk, "")) for row in rows]


def _owed(row: Reminder, consents: dict[tuple[int, int], ChannelConsent], seen: str) -> Owed:
    person = (row.appointment.patient_id or 0, row.appointment.facility_id)
    return Owed(row, row.appointment, consents.get(person), seen)


def refusal(reminder: Reminder, appointment: Appointment, consent: ChannelConsent | None) -> str:
    """Why a message about this appointment may not go now, "" if it may. Codes, kept in the row.

    `consent` is the one that stands, usable or not (records.selectors.standing_consents).
    """
    if appointment.patient is None or appointment.patient.deceased:
        return "deceased"
    if reminder.purpose == Reminder.Purpose.OFFER:
        code = "" if _is_on_offer(appointment) else "offer-over"
    else:
        code = _not_expected(reminder, appointment)
    if not code and appointment.starts_at <= timezone.now():
        code = "started"
    return code or _silence(consent, appointment.facility)


def later(reminder: Reminder, appointment: Appointment) -> datetime | None:
    """A row that comes up when no mail goes waits for the morning, if that is before the start."""
    if _may_go_at_this_hour(reminder, appointment):
        return None
    facility = appointment.facility
    morning = clock.next_morning(timezone.now(), facility.tz, mail_hours(facility))
    return morning if morning < appointment.starts_at else None


def missed(reminder: Reminder, appointment: Appointment) -> str:
    """The code of a row whose time is past and that cannot wait for the morning, else ""."""
    return "" if _may_go_at_this_hour(reminder, appointment) else "late"


def _may_go_at_this_hour(reminder: Reminder, appointment: Appointment) -> bool:
    facility = appointment.facility
    return reminder.at_any_hour or clock.may_send_at(timezone.now(), facility.tz, mail_hours(facility))


def _is_on_offer(appointment: Appointment) -> bool:
    offer = getattr(appointment, "offer", None)
    if offer is None or appointment.status != Appointment.Status.PROPOSED:
        return False
    return offer.status == WaitlistOffer.Status.OFFERED and offer.expires_at > timezone.now()


def _not_expected(reminder: Reminder, appointment: Appointment) -> str:
    if appointment.status == Appointment.Status.CANCELLED:
        return "cancelled"
    if appointment.status not in EXPECTED or reminder.schedule_version != appointment.schedule_version:
        return "superseded"
    return ""


def _silence(consent: ChannelConsent | None, facility: Facility) -> str:
    """Why nothing may be written to this person, "" if it may."""
    if consent is None:
        return "no-consent"
    if permits_mail(consent, facility):
        return ""
    address = consent.contact_point
    if address and address.suspended_reason:
        return "suspended"
    return "no-address" if address is None or address.use == ContactPoint.Use.OLD else "no-consent"
