"""What stands behind a link."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Facility
from records.models import Consent
from scheduling.links import digest
from scheduling.models import Appointment, AppointmentLink

OPT_OUT_LIVES = timedelta(days=60)


def live_reply_link(token: str) -> AppointmentLink | None:
    """The link, while its appointment stands at the time it was written for and has not begun; else None."""
    link = _link(token, AppointmentLink.Purpose.REPLY)
    if link is None or link.schedule_version != link.appointment.schedule_version:
        return None
    appointment = link.appointment
    if appointment.status not in Appointment.UPCOMING or appointment.starts_at <= timezone.now():
        return None
    return None if appointment.patient is None or appointment.patient.deceased else link


def live_opt_out_link(token: str) -> AppointmentLink | None:
    """The link until 60 days after it was sent: it shows nothing of the appointment and only ever stops mail."""
    link = _link(token, AppointmentLink.Purpose.OPT_OUT)
    return link if link and link.created_at > timezone.now() - OPT_OUT_LIVES else None


def neutral_phone() -> str:
    """The number on pages that may not tell whether a link ever meant anything."""
    numbered = Facility.objects.exclude(neutral_phone="").order_by("pk").values_list("neutral_phone", flat=True)
    return numbered.first() or ""


def _link(token: str, purpose: AppointmentLink.Purpose) -> AppointmentLink | None:
    rows = AppointmentLink.objects.filter(token_sha256=digest(token), purpose=purpose)
    return rows.select_related("appointment__facility", "appointment__patient").first()


def standing_consent(appointment: Appointment) -> Consent | None:
    """The patient's consent to messages of this facility that has not been revoked, usable or not."""
    rows = Consent.objects.filter(
        patient=appointment.patient, facility=appointment.facility, status=Consent.Status.ACTIVE
    )
    return rows.select_related("contact_point").first()
