"""Messages that came back: the address is left alone, and the treatment desk calls."""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from patients import services as patients
from patients.models import ContactPoint
from records.selectors import standing_consents
from scheduling.bouncebox import BounceBox
from scheduling.dsn import Bounce, bounce_in
from scheduling.models import Reminder
from scheduling.services import path

FOR_GOOD, FOR_NOW = "bounce", "soft"  # how the reminder's code begins; the rest is the mail server's (RFC 3463)
TOO_MANY, WITHIN = 3, timedelta(days=7)


def read_bounces(box: BounceBox) -> Counter[str]:
    """Take in every unread report; answers how many were what. Nothing of a message is logged or kept.

    Each is recorded by itself and removed after: one that cannot be read stops no other, and a worker that dies
    in between only reads it again.
    """
    counts: Counter[str] = Counter()
    for name, raw in box.unread():
        bounce = bounce_in(raw)
        outcome = record_bounce(bounce=bounce) if bounce else "no-report"
        counts[outcome] += 1
        if outcome == "no-report":
            box.keep(name)
        else:
            box.remove(name)
    return counts


@transaction.atomic
def record_bounce(*, bounce: Bounce) -> str:
    """Keep that a message came back; answers `hard`, `soft`, `known` or `unknown`.

    For good, or for the third time within seven days: nothing goes to that address until a person has corrected it
    or says that it works again, the appointment is on the call list, and the treatment desk is asked to call.
    """
    reminder = _reminder(bounce)
    if reminder is None:
        return "unknown"
    kind = FOR_GOOD if bounce.for_good else FOR_NOW
    if reminder.bounced_at and (kind == FOR_NOW or reminder.code.startswith(FOR_GOOD)):
        return "known"
    now = timezone.now()
    Reminder.objects.filter(pk=reminder.pk).update(bounced_at=now, code=f"{kind}-{bounce.status}", changed_at=now)
    address = _address(reminder, bounce)
    if address and (bounce.for_good or _came_back_since(reminder, address) >= TOO_MANY):
        patients.suspend_contact_point(contact=address, reason=kind)
        path.ask_desk(reminder.appointment, path.CAME_BACK, "Call: messages to this person come back", None)
    return "hard" if bounce.for_good else "soft"


def _reminder(bounce: Bounce) -> Reminder | None:
    rows = Reminder.objects.select_for_update(no_key=True, of=("self",)).select_related("appointment__patient")
    rows = rows.filter(appointment__patient__isnull=False)
    if bounce.uuid:
        return rows.filter(uuid=bounce.uuid).first()
    return rows.filter(message_id=bounce.message_id).first()


def _address(reminder: Reminder, bounce: Bounce) -> ContactPoint | None:
    """The address it was sent to: as the report names it, or the present one if that has not changed since."""
    patient = reminder.appointment.patient
    if patient is None:
        return None
    mine = patient.telecoms.filter(system=ContactPoint.System.EMAIL)
    named = mine.filter(search_key__in=bounce.recipients).first()
    if named:
        return named
    consent = standing_consents([patient.pk]).get((patient.pk, reminder.appointment.facility_id))
    present = consent.contact_point if consent else None
    left_at = reminder.sent_at or reminder.changed_at
    return present if present and present.updated_at < left_at else None


def _came_back_since(reminder: Reminder, address: ContactPoint) -> int:
    """How many of this person's messages came back lately, from this address as it is."""
    since = max(timezone.now() - WITHIN, address.updated_at)
    rows = Reminder.objects.filter(appointment__patient=reminder.appointment.patient, bounced_at__gt=since)
    return rows.count()
