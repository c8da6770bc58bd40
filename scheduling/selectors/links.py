"""What stands behind a link."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import Facility
from records.models import ChannelConsent
from scheduling.links import digest
from scheduling.models import Appointment, AppointmentLink, AppointmentResponse, Hold, WaitlistOffer

OPT_OUT_LIVES = timedelta(days=60)
JOIN_BEFORE = timedelta(minutes=15)
Status = Appointment.Status
SEEN = (*Appointment.UPCOMING, Status.ARRIVED, Status.CHECKED_IN)


def live_reply_link(token: str) -> AppointmentLink | None:
    """The link, while its appointment stands at the time it was written for and has not begun; else None.

    By video it lives until the end, only to join. Of a time that is only proposed it lives as long as the offer.
    """
    link = _link(token, AppointmentLink.Purpose.REPLY)
    if link is None or link.schedule_version != link.appointment.schedule_version:
        return None
    appointment, now = link.appointment, timezone.now()
    if appointment.patient is None or appointment.patient.deceased or appointment.status not in SEEN:
        return None
    if appointment.status == Status.PROPOSED and open_offer(appointment) is None:
        return None
    return link if now < appointment.starts_at or _may_join(appointment, now) else None


def live_opt_out_link(token: str) -> AppointmentLink | None:
    """The link until 60 days after it was sent: it shows nothing of the appointment and only ever stops mail."""
    link = _link(token, AppointmentLink.Purpose.OPT_OUT)
    return link if link and link.created_at > timezone.now() - OPT_OUT_LIVES else None


def has_begun(appointment: Appointment) -> bool:
    """From then on nothing is answered any more; by video one may still join."""
    return appointment.starts_at <= timezone.now() or appointment.status not in Appointment.UPCOMING


def join_url(appointment: Appointment) -> str:
    """The private room, from 15 minutes before the start until the end; "" at other times."""
    return appointment.video_url if _may_join(appointment, timezone.now()) else ""


def open_offer(appointment: Appointment) -> WaitlistOffer | None:
    """The offer that a proposed time stands for, while it may be answered."""
    rows = WaitlistOffer.objects.filter(
        appointment=appointment, status=WaitlistOffer.Status.OFFERED, expires_at__gt=timezone.now()
    )
    return rows.select_related("entry__appointment", "appointment").first()


def kept_time(appointment: Appointment) -> Hold | None:
    """The time that the patient has chosen and not taken yet, while it is kept."""
    rows = appointment.holds.filter(released_at__isnull=True, held_by__isnull=True, expires_at__gt=timezone.now())
    return rows.order_by("-pk").first()


def was_moved_here(appointment: Appointment) -> bool:
    """Whether the patient took this very time behind the link."""
    return appointment.responses.filter(moved_to=appointment.starts_at).exists()


def has_told_more(appointment: Appointment) -> bool:
    """Whether words came with an answer behind the link."""
    return appointment.responses.filter(via=AppointmentResponse.Via.LINK).exclude(comment="").exists()


def neutral_phone() -> str:
    """The number on pages that may not tell whether a link ever meant anything."""
    numbered = Facility.objects.exclude(neutral_phone="").order_by("pk").values_list("neutral_phone", flat=True)
    return numbered.first() or ""


def standing_consent(appointment: Appointment) -> ChannelConsent | None:
    """The patient's consent to messages of this facility that has not been revoked, usable or not."""
    rows = ChannelConsent.objects.filter(
        patient=appointment.patient, facility=appointment.facility, status=ChannelConsent.Status.ACTIVE
    )
    return rows.select_related("contact_point").first()


def language_of(appointment: Appointment, consent: ChannelConsent | None) -> str:
    """The language chosen with the consent, else the patient's if we speak it, else "": the browser decides."""
    if consent:
        return consent.language
    spoken = appointment.patient.language.split("-")[0].lower() if appointment.patient else ""
    return spoken if spoken in dict(settings.LANGUAGES) else ""


def _may_join(appointment: Appointment, now: datetime) -> bool:
    begins, ends = appointment.starts_at - JOIN_BEFORE, appointment.ends_at
    return bool(appointment.video_url) and appointment.status != Status.PROPOSED and begins <= now < ends


def _link(token: str, purpose: AppointmentLink.Purpose) -> AppointmentLink | None:
    rows = AppointmentLink.objects.filter(token_sha256=digest(token), purpose=purpose)
    return rows.select_related(
        "appointment__facility", "appointment__patient", "appointment__type", "appointment__practitioner",
        "appointment__interpreter",
    ).first()  # fmt: skip
