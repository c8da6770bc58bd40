"""The consent to be written to, and in the same transaction the messages that rest on it."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from patients.models import Patient
from records import services as records
from records.models import ChannelConsent
from scheduling.models import Appointment, Reminder, WaitlistOffer
from scheduling.selectors.mailable import waiting_messages
from scheduling.services.offers import ask_to_call
from scheduling.services.queue import WORTH_A_MESSAGE

STOPPED = "consent-ended"
Status = Reminder.Status


@transaction.atomic
def agree_to_mail(*, patient: Patient, facility: Facility, by: User, **choices: Any) -> tuple[ChannelConsent, int]:
    """Record the consent; messages that an earlier "no" had stopped wait for their time again. Answers how many.

    Raises what `records.services.set_channel_consent` raises, whose `choices` these are.
    """
    consent = records.set_channel_consent(patient=patient, facility=facility, by=by, **choices)
    return consent, _revive(patient, facility)


@transaction.atomic
def decline_mail(*, patient: Patient, facility: Facility, by: User) -> int:
    """Record that the person wants no e-mail, and withdraw what waits. Answers how many messages were stopped."""
    _locked(patient)
    records.decline_channel(patient=patient, facility=facility, by=by)
    return _stop(patient, facility, by)


@transaction.atomic
def stop_mail(*, consent: ChannelConsent, via: str, by: User | None) -> int:
    """Take the consent back and withdraw every message that has not begun to leave. Answers how many were stopped.

    `by` None is the patient's own link. Each message either left before or never leaves: the worker marks it
    `sending` on the row that is locked here. Harmless on a consent that has ended.
    """
    _locked(consent.patient)
    if ChannelConsent.objects.get(pk=consent.pk).status != ChannelConsent.Status.ACTIVE:
        return 0
    records.revoke_channel(consent=consent, via=via, by=by)
    return _stop(consent.patient, consent.facility, by)


def opt_out(*, consent: ChannelConsent | None) -> None:
    """The patient's own link: no more messages, at once, not even those that wait. Harmless without a consent."""
    if consent is not None:
        stop_mail(consent=consent, via="link", by=None)


def _locked(patient: Patient) -> None:
    """Also one that was merged a moment ago: stopping is never refused."""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _stop(patient: Patient, facility: Facility, by: User | None) -> int:
    """By primary key, as workers take them, and as they are under the lock."""
    rows = waiting_messages(patient, facility).order_by("pk").select_for_update(no_key=True, of=("self",))
    found = list(rows)
    Reminder.objects.filter(pk__in=[row.pk for row in found]).update(
        status=Status.WITHDRAWN, code=STOPPED, worker="", lease_until=None, changed_at=timezone.now()
    )
    _call_about_offers([row.appointment_id for row in found if row.purpose == Reminder.Purpose.OFFER], by)
    return len(found)


def _call_about_offers(visits: list[int], by: User | None) -> None:
    """Who was to hear of a free time by mail hears of it by telephone."""
    rows = WaitlistOffer.objects.filter(appointment__in=visits, status=WaitlistOffer.Status.OFFERED)
    for offer in rows.select_related("entry__facility", "entry__patient", "appointment").order_by("pk"):
        ask_to_call(offer, by)


def _revive(patient: Patient, facility: Facility) -> int:
    """What still lies ahead is due at its time; where all times are past and nothing was said, the last goes now."""
    now = timezone.now()
    stopped = Reminder.objects.filter(
        status=Status.WITHDRAWN, code=STOPPED, purpose=Reminder.Purpose.REMINDER,
        appointment__patient=patient, appointment__facility=facility,
        appointment__status__in=Appointment.UPCOMING, appointment__starts_at__gt=now,
    )  # fmt: skip
    rows = stopped.select_related("appointment").order_by("pk").select_for_update(no_key=True, of=("self",))
    current = [row for row in rows if row.schedule_version == row.appointment.schedule_version]
    ahead = [row for row in current if row.send_at > now]
    told = {row.appointment_id for row in ahead}
    late = _worth_sending_now([row for row in current if row.appointment_id not in told])
    _due_again(ahead)
    _due_again(late, send_at=now, at_any_hour=True)
    return len(ahead) + len(late)


def _worth_sending_now(rows: list[Reminder]) -> list[Reminder]:
    """The last one of each visit that nobody was written to about, if there is time for it."""
    sent = Reminder.objects.filter(appointment__in={row.appointment_id for row in rows}, status=Status.SENT)
    said = set(sent.values_list("appointment_id", flat=True))
    soon = timezone.now() + WORTH_A_MESSAGE
    last = {row.appointment_id: row for row in sorted(rows, key=lambda row: row.send_at)}
    return [row for visit, row in last.items() if visit not in said and row.appointment.starts_at > soon]


def _due_again(rows: list[Reminder], **changes: Any) -> None:
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=Status.DUE, code="", changed_at=timezone.now(), **changes
    )
