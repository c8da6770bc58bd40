"""Reminders on their way: claimed with a lease, marked before each message leaves, never sent twice."""

import smtplib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template import TemplateSyntaxError
from django.utils import timezone

from accounts.models import Facility
from records.models import Consent
from records.selectors import channel_consent
from scheduling import clock, links
from scheduling.mail import TellingWords, Wordlist, message_id, reminder_mail, wordlist
from scheduling.models import Appointment, AppointmentLink, Reminder

Status = Reminder.Status
LEASE = timedelta(minutes=5)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]  # after the 1st … 4th temporary refusal
# What a message that cannot be made raises: a bad address, a zone or a template that is not there.
UNMADE = (ValueError, LookupError, TypeError, AttributeError, TemplateSyntaxError)


class MailServerAway(Exception):
    """Nothing can be sent now; no message has left."""


@dataclass
class Drain:
    """One run of one worker: its name, its connection, what it has read of each facility."""

    worker: str
    smtp: Any = None
    words: dict[int, Wordlist] = field(default_factory=dict)

    def words_of(self, facility: Facility) -> Wordlist:
        if facility.pk not in self.words:
            self.words[facility.pk] = wordlist(facility)
        return self.words[facility.pk]


def send_due_reminders(*, worker: str, batch: int = 500) -> Counter[str]:
    """Send everything that is due; answers how many rows ended in which state.

    Any number of workers may run it at once, and be killed at any moment: a row is claimed with a lease, then
    marked `sending` and committed just before its message leaves. Whose lease ends while claimed is due again;
    whose lease ends while sending may have left: it is `in-doubt` and a person decides. `worker` names this run alone.
    """
    counts: Counter[str] = Counter()
    release_expired_leases()
    drain = Drain(worker)
    try:
        while claimed := claim(worker=worker, batch=batch):
            with _connected(drain):
                for pk in claimed:
                    counts[_deliver(pk, drain)] += 1
    except MailServerAway:
        counts["released"] = _release(worker)
    return counts


def release_expired_leases() -> None:
    """Claimed rows of a worker that is gone are due again; a message it was sending is in doubt."""
    now = timezone.now()
    late = Reminder.objects.filter(lease_until__lt=now)
    late.filter(status=Status.SENDING).update(status=Status.IN_DOUBT, code="worker-lost", changed_at=now)
    late.filter(status=Status.CLAIMED).update(status=Status.DUE, worker="", lease_until=None, changed_at=now)


@transaction.atomic
def claim(*, worker: str, batch: int) -> list[int]:
    """Take up to `batch` due rows, the longest due first; what another worker holds is passed over."""
    due = Reminder.objects.due().order_by("send_at").select_for_update(skip_locked=True, no_key=True)
    found = list(due.values_list("pk", flat=True)[:batch])
    now = timezone.now()
    Reminder.objects.filter(pk__in=found).update(
        status=Status.CLAIMED, worker=worker, lease_until=now + LEASE, changed_at=now
    )
    return found


def _deliver(pk: int, drain: Drain) -> str:
    message = _prepare(pk, drain)
    if isinstance(message, str):
        return message
    _reconnect(drain)
    outcome = _handed_over(message, drain)
    return _record(pk, drain.worker, outcome)


@transaction.atomic
def _prepare(pk: int, drain: Drain) -> EmailMultiAlternatives | str:
    """Read everything again, now; the message to send, marked as leaving, or the state in which the row ended."""
    reminder = _mine(pk, drain.worker)
    if reminder is None:
        return "taken"
    appointment = reminder.appointment
    consent = channel_consent(appointment.patient, appointment.facility) if appointment.patient else None
    later = _later(reminder, appointment)
    if later:
        return _settle(reminder, Status.DUE, send_at=later)
    code = refusal(reminder.schedule_version, appointment, consent)
    if not code and not reminder.at_any_hour and not clock.may_send_at(timezone.now(), appointment.facility.tz):
        code = "late"
    if code or consent is None:
        return _settle(reminder, Status.SKIPPED, code=code)
    return _written(reminder, appointment, consent, drain)


def _written(
    reminder: Reminder, appointment: Appointment, consent: Consent, drain: Drain
) -> EmailMultiAlternatives | str:
    reply, stop = links.new_token(), links.new_token()
    try:
        message = reminder_mail(
            reminder, appointment, consent, drain.words_of(appointment.facility),
            reply_url=links.address("reply", reply), stop_url=links.address("opt_out", stop),
        )  # fmt: skip
        message.message()
    except TellingWords:
        return _settle(reminder, Status.FAILED, code="wording")
    except UNMADE:
        return _settle(reminder, Status.FAILED, code="unmade")
    purpose = AppointmentLink.Purpose
    AppointmentLink.objects.bulk_create(
        [links.link_for(reminder, reply, purpose.REPLY), links.link_for(reminder, stop, purpose.OPT_OUT)]
    )
    _settle(reminder, Status.SENDING, message_id=message_id(reminder), lease_until=timezone.now() + LEASE)
    return message


def refusal(schedule_version: int, appointment: Appointment, consent: Consent | None) -> str:
    """Why a message about this version of the appointment may not go, "" if it may. Codes, kept in the row."""
    patient = appointment.patient
    if patient is None or patient.deceased:
        return "deceased"
    if appointment.status == Appointment.Status.CANCELLED:
        return "cancelled"
    if appointment.status not in Appointment.UPCOMING or schedule_version != appointment.schedule_version:
        return "superseded"
    if appointment.starts_at <= timezone.now():
        return "started"
    return "" if consent else _why_no_consent(appointment)


def _why_no_consent(appointment: Appointment) -> str:
    held = Consent.objects.filter(
        patient=appointment.patient, facility=appointment.facility, status=Consent.Status.ACTIVE
    )
    last = held.select_related("contact_point").first()
    if last is None or last.contact_point is None:
        return "no-consent"
    return "suspended" if last.contact_point.suspended_reason else "no-address"


def _later(reminder: Reminder, appointment: Appointment) -> datetime | None:
    """A row that comes up at night, after an outage, waits for the morning if that is before the start."""
    now, tz = timezone.now(), appointment.facility.tz
    if reminder.at_any_hour or clock.may_send_at(now, tz):
        return None
    morning = clock.next_morning(now, tz)
    return morning if morning < appointment.starts_at else None


def _handed_over(message: EmailMultiAlternatives, drain: Drain) -> tuple[str, str]:
    """Give it to the mail server: `sent`, `refused` for good, `again` later, or `in-doubt`, with a code."""
    try:
        drain.smtp.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        return _answered(max(code for code, _ in error.recipients.values()))
    except smtplib.SMTPResponseException as error:
        return _answered(error.smtp_code)
    except smtplib.SMTPNotSupportedError:
        return "refused", "address"
    except UNMADE:
        return "refused", "unmade"
    except (smtplib.SMTPException, OSError):
        drain.smtp.close()
        return "in-doubt", "connection-lost"
    return "sent", ""


def _answered(code: int) -> tuple[str, str]:
    return ("again" if 400 <= code < 500 else "refused"), f"smtp-{code}"


@transaction.atomic
def _record(pk: int, worker: str, outcome: tuple[str, str]) -> str:
    kind, code = outcome
    reminder = Reminder.objects.select_for_update(no_key=True).get(pk=pk)
    if reminder.worker != worker or reminder.status not in (Status.SENDING, Status.IN_DOUBT):
        return "taken"
    if kind == "sent":
        return _settle(reminder, Status.SENT, sent_at=timezone.now())
    if kind == "in-doubt":
        return _settle(reminder, Status.IN_DOUBT, code=code)
    if kind == "again" and reminder.attempts < len(PAUSES):
        later = timezone.now() + PAUSES[reminder.attempts]
        return _settle(reminder, Status.DUE, code=code, send_at=later, attempts=reminder.attempts + 1)
    return _settle(reminder, Status.FAILED, code=code, attempts=reminder.attempts + 1)


def _mine(pk: int, worker: str) -> Reminder | None:
    """The row, if this run still holds it, with what it speaks of as it is now."""
    mine = Reminder.objects.filter(pk=pk, worker=worker, status=Status.CLAIMED)
    row = mine.select_for_update(no_key=True, of=("self",)).select_related(
        "appointment__facility", "appointment__patient"
    )
    return row.first()


def _settle(reminder: Reminder, status: str, **changes: Any) -> str:
    if status not in (Status.CLAIMED, Status.SENDING):
        changes.setdefault("lease_until", None)
    changes.setdefault("code", "")
    Reminder.objects.filter(pk=reminder.pk).update(status=status, changed_at=timezone.now(), **changes)
    return status


def _release(worker: str) -> int:
    """The mail server is away: what is claimed is due again, and no attempt is counted."""
    mine = Reminder.objects.filter(worker=worker, status=Status.CLAIMED)
    return mine.update(status=Status.DUE, code="server-away", worker="", lease_until=None, changed_at=timezone.now())


@contextmanager
def _connected(drain: Drain) -> Iterator[None]:
    """One connection for a batch."""
    drain.smtp = get_connection()
    _reconnect(drain)
    try:
        yield
    finally:
        drain.smtp.close()


def _reconnect(drain: Drain) -> None:
    """The server may have hung up between two messages; nothing of this one has left yet."""
    line = getattr(drain.smtp, "connection", None)
    if line is not None and getattr(line, "sock", None) is None:
        drain.smtp.close()
    try:
        drain.smtp.open()
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerAway from error
