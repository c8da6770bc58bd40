"""The ledger of reminders, and whom to call because no message will do."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.access import scopes
from accounts.models import Facility, User
from accounts.roles import Perm, Scope
from core.labels import due_label, when_label
from patients.access import related
from patients.models import ContactPoint, Patient
from records.models import Consent
from scheduling.models import Appointment, CallAttempt, Reminder
from scheduling.selectors.appointments import Row, appointment_row, appointment_url, nameable

CODES = {
    "no-consent": "No consent to e-mail",
    "no-address": "No usable address",
    "suspended": "Mail came back",
    "deceased": "Person has died",
    "superseded": "Replaced by a later one",
    "cancelled": "Appointment cancelled",
    "started": "Appointment had begun",
    "late": "Too late to send",
    "wording": "The text would have told too much",
    "unmade": "The message could not be made",
    "worker-lost": "Interrupted while sending",
    "connection-lost": "Connection lost while sending",
    "server-away": "Mail server away, trying again",
    "address": "The address cannot be used",
    "sent-again": "To be sent again",
}
DEAD = (Reminder.Status.FAILED, Reminder.Status.IN_DOUBT)
TONES = {"due": "info", "claimed": "info", "sending": "info", "sent": "success", "skipped": "warning"}
UNANSWERED_BEFORE = timedelta(hours=24)


@dataclass(frozen=True)
class Ledger:
    due: list[Row] = field(default_factory=list)
    dead: list[Row] = field(default_factory=list)
    skipped: list[Row] = field(default_factory=list)
    sent: list[Row] = field(default_factory=list)


def code_label(code: str) -> str:
    """A code of the ledger in words."""
    return CODES.get(code, f"Refused by the mail server ({code.removeprefix('smtp-')})" if code else "")


def ledger(facility: Facility, user: User) -> Ledger:
    """What goes in the next 24 hours, what is stuck, what was skipped and sent since yesterday; ten rows a list.

    Names only of people the viewer may see. Five queries.
    """
    now = timezone.now()
    yesterday = now - timedelta(hours=24)
    rows = _reminders(facility)
    lists = [
        list(rows.filter(status=Reminder.Status.DUE, send_at__lte=now + timedelta(hours=24)).order_by("send_at")[:200]),
        list(_dead(facility)[:200]),
        list(rows.filter(status=Reminder.Status.SKIPPED, changed_at__gte=yesterday).order_by("-changed_at")[:200]),
        list(rows.filter(status=Reminder.Status.SENT, sent_at__gte=yesterday).order_by("-sent_at")[:50]),
    ]
    names = nameable(user, facility, [row.appointment.patient_id for found in lists for row in found])
    return Ledger(*([reminder_row(row, facility, row.appointment.patient_id in names) for row in f] for f in lists))


def dead_letters(facility: Facility) -> list[Row]:
    """Messages that failed or are in doubt, of appointments still to come, soonest first. One query."""
    return [reminder_row(row, facility) for row in _dead(facility)]


def reminders_of(appointment: Appointment) -> list[Row]:
    """The ledger of one appointment, earliest first."""
    rows = appointment.reminders.select_related("appointment__patient", "appointment__type", "resolved_by")
    return [reminder_row(row, appointment.facility) for row in rows.order_by("send_at")]


def reminder_of(patient: Patient, pk: UUID) -> Reminder:
    """One message about an appointment of the patient. Raises Http404."""
    rows = Reminder.objects.filter(appointment__patient=patient, uuid=pk)
    found = rows.select_related("appointment__facility", "appointment__patient").first()
    if found is None:
        raise Http404
    return found


def reminder_row(reminder: Reminder, facility: Facility, named: bool = True) -> Row:
    """One message ready to print."""
    appointment, patient = reminder.appointment, reminder.appointment.patient
    return {
        "uuid": reminder.uuid,
        "patient_uuid": patient.uuid if patient and named else "",
        "name": patient.list_name if patient and named else "Booked",
        "url": appointment_url(patient.uuid, appointment.uuid) if patient and named else "",
        "when": when_label(appointment.starts_at, facility.tz),
        "send": when_label(reminder.sent_at or reminder.send_at, facility.tz),
        "status": reminder.get_status_display(),
        "status_code": reminder.status,
        "tone": TONES.get(reminder.status, "danger" if reminder.status in DEAD else "neutral"),
        "why": code_label(reminder.code),
        "is_dead": reminder.status in DEAD and not reminder.resolved_at,
    }


def confirmations(facility: Facility, days: int = 3, user: User | None = None) -> list[Row]:
    """Appointments of the next days that nobody has confirmed, soonest first, with why and whom to call.

    With `user` only of people for whom this person books. Three queries.
    """
    return [row for row in _callable_rows(facility, days, user) if row["reply"] != "Confirmed"]


def call_list_rows(facility: Facility, days: int = 3, user: User | None = None) -> list[Row]:
    """Everyone in the next days whom only a call will reach or settle, in time order: no consent or address, mail
    failed or in doubt, cannot come, asks for a call, or unanswered 24 hours before. Three queries."""
    return [row for row in _callable_rows(facility, days, user) if row["reason"]]


def _callable_rows(facility: Facility, days: int, user: User | None) -> list[Row]:
    now = timezone.now()
    rows = Appointment.objects.filter(
        facility=facility, status__in=Appointment.UPCOMING, external=False, patient__isnull=False,
        starts_at__gt=now, starts_at__lt=now + timedelta(days=days),
    )  # fmt: skip
    if user is not None:
        rows = rows.filter(_booked_for(user, facility))
    phones = ContactPoint.objects.filter(system__in=["phone", "sms"]).exclude(use="old").order_by("rank", "pk")
    calls = CallAttempt.objects.order_by("-at").select_related("by")
    rows = rows.annotate(may_mail=_may_mail(), stuck=_with_reminder(status__in=DEAD, resolved_at__isnull=True))
    rows = rows.select_related("type", "practitioner", "location", "patient").prefetch_related(
        Prefetch("patient__telecoms", phones, to_attr="phones"), Prefetch("calls", calls, to_attr="tried")
    )
    return [_call_row(row, facility) for row in rows.order_by("starts_at", "pk")]


def _booked_for(user: User, facility: Facility) -> Q:
    held = scopes(user, Perm.APPOINTMENT_EDIT).get(facility.pk, set())
    if Scope.FACILITY in held:
        return Q()
    return Q(patient__in=Patient.objects.filter(related(user, Perm.APPOINTMENT_EDIT, facility)).values("pk"))


def _may_mail() -> Exists:
    active = Consent.objects.filter(
        patient=OuterRef("patient"), facility=OuterRef("facility"), status=Consent.Status.ACTIVE
    )
    return Exists(active.filter(contact_point__suspended_reason="").exclude(contact_point__use="old"))


def _with_reminder(**conditions: object) -> Exists:
    return Exists(
        Reminder.objects.filter(appointment=OuterRef("pk"), schedule_version=OuterRef("schedule_version"), **conditions)
    )


def _call_row(appointment: Any, facility: Facility) -> Row:
    """An Appointment with what `_callable_rows` adds to it: tried, stuck, may_mail and the patient's phones."""
    last = appointment.tried[0] if appointment.tried else None
    reason, tone = _reason(appointment)
    return appointment_row(appointment, facility) | {
        "reason": reason,
        "reason_tone": tone,
        "patient_uuid": appointment.patient.uuid,
        "phones": [{"value": phone.value, "note": _phone_note(phone)} for phone in appointment.patient.phones],
        "tried": f"{last.get_outcome_display()}, {when_label(last.at, facility.tz)}" if last else "",
        "next_try": due_label(last.next_try_at, facility.tz) if last and last.next_try_at else None,
    }


def _reason(appointment: Any) -> tuple[str, str]:
    replies = Appointment.Reply
    if appointment.reply == replies.DECLINED:
        return "Can't make it", "danger"
    if appointment.reply == replies.TENTATIVE:
        return "Asks for a call", "warning"
    if appointment.reply == replies.ACCEPTED:
        return "", ""
    if appointment.stuck:
        return "Mail failed or in doubt", "danger"
    if not appointment.may_mail:
        return "No e-mail permitted", "warning"
    soon = appointment.starts_at - timezone.now() < UNANSWERED_BEFORE
    return ("No answer yet", "warning") if soon else ("", "")


def _phone_note(phone: ContactPoint) -> str:
    hours = f"safe {phone.safe_from:%H:%M}–{phone.safe_until:%H:%M}" if phone.safe_from and phone.safe_until else ""
    return ", ".join(part for part in (hours, "leave no message" if phone.leave_no_message else "") if part)


def _reminders(facility: Facility) -> QuerySet[Reminder]:
    return Reminder.objects.filter(appointment__facility=facility).select_related(
        "appointment__patient", "appointment__type"
    )


def _dead(facility: Facility) -> QuerySet[Reminder]:
    rows = _reminders(facility).filter(status__in=DEAD, appointment__starts_at__gt=timezone.now())
    return rows.filter(resolved_at__isnull=True).order_by("appointment__starts_at")
