"""The ledger of reminders: what became of each message."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Facility, User
from core.labels import when_label
from patients.models import Patient
from scheduling import clock
from scheduling.models import Appointment, Reminder
from scheduling.selectors.appointments import Row, appointment_url, nameable

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
    "overtaken": "A later message said it",
    "offer-over": "The offer was over",
    "domain-limit": "Waiting: the mail service takes so many a minute",
    "domain-paused": "Waiting: the mail service asked for a pause",
    "held-back": "Held back by hand",
    "consent-ended": "Consent taken back or declined",
}
DEAD = (Reminder.Status.FAILED, Reminder.Status.IN_DOUBT)
TONES = {"due": "info", "claimed": "info", "sending": "info", "sent": "success", "skipped": "warning"}
# What the ledger can be asked for: value, words, and which messages that is.
STATES: tuple[tuple[str, str, Q], ...] = (
    ("waiting", "Waiting for its time", Q(status__in=["due", "claimed", "sending"])),
    ("sent", "Sent", Q(status="sent")),
    ("skipped", "Not sent", Q(status="skipped")),
    ("stuck", "Failed or in doubt", Q(status__in=DEAD)),
    ("bounced", "Came back", Q(bounced_at__isnull=False)),
    ("withdrawn", "Withdrawn", Q(status="withdrawn")),
)
FIRST_ROWS, PAGE_SIZE = 10, 50


@dataclass(frozen=True)
class Ledger:
    """The first rows of each list; `more` names the lists that go on."""

    due: list[Row] = field(default_factory=list)
    dead: list[Row] = field(default_factory=list)
    skipped: list[Row] = field(default_factory=list)
    sent: list[Row] = field(default_factory=list)
    more: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LedgerPage:
    """Some rows of one list, and whether it goes on."""

    rows: list[Row]
    first: int
    more: bool


def code_label(code: str) -> str:
    """A code of the ledger in words."""
    kind, _, rest = code.partition("-")
    said = {"bounce": f"Came back ({rest})", "soft": f"Came back for now ({rest})"}
    return CODES.get(code) or said.get(kind) or (f"Refused by the mail server ({rest})" if code else "")


def ledger(facility: Facility, user: User) -> Ledger:
    """What goes in the next 24 hours, what is stuck, what was skipped and sent since yesterday; ten rows a list.

    Names only of people the viewer may see. Four queries, one more to know whom the viewer may see.
    """
    now = timezone.now()
    yesterday = now - timedelta(hours=24)
    rows = _reminders(facility)
    asked = {
        "due": rows.filter(status=Reminder.Status.DUE, send_at__lte=now + timedelta(hours=24)).order_by("send_at"),
        "dead": _dead(facility),
        "skipped": rows.filter(status=Reminder.Status.SKIPPED, changed_at__gte=yesterday).order_by("-changed_at"),
        "sent": rows.filter(status=Reminder.Status.SENT, sent_at__gte=yesterday).order_by("-sent_at"),
    }
    found = {name: list(wanted[: FIRST_ROWS + 1]) for name, wanted in asked.items()}
    ready = _named([row for some in found.values() for row in some[:FIRST_ROWS]], facility, user)
    lists = {name: [ready[row.pk] for row in some[:FIRST_ROWS]] for name, some in found.items()}
    return Ledger(**lists, more=frozenset(name for name, some in found.items() if len(some) > FIRST_ROWS))


def ledger_page(
    facility: Facility, user: User, *, state: str = "", day: date | None = None, first: int = 0
) -> LedgerPage:
    """Messages of one state, of one day of the facility, or of both, the latest time first. Two queries at most."""
    rows = _reminders(facility).order_by("-send_at", "-pk")
    rows = rows.filter(next((which for value, _, which in STATES if value == state), Q()))
    if day:
        begins, ends = clock.day_bounds(day, facility.tz)
        rows = rows.filter(send_at__gte=begins, send_at__lt=ends)
    found = list(rows[first : first + PAGE_SIZE + 1])
    ready = _named(found[:PAGE_SIZE], facility, user)
    return LedgerPage(list(ready.values()), first, len(found) > PAGE_SIZE)


def _named(reminders: list[Reminder], facility: Facility, user: User) -> dict[int, Row]:
    names = nameable(user, facility, [row.appointment.patient_id for row in reminders])
    return {row.pk: reminder_row(row, facility, row.appointment.patient_id in names) for row in reminders}


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
        "tone": _tone(reminder),
        "why": "Came back" if reminder.bounced_at else code_label(reminder.code),
        "is_dead": reminder.status in DEAD and not reminder.resolved_at,
    }


def _tone(reminder: Reminder) -> str:
    if reminder.bounced_at or reminder.status in DEAD:
        return "danger"
    return TONES.get(reminder.status, "neutral")


def _reminders(facility: Facility) -> QuerySet[Reminder]:
    return Reminder.objects.filter(appointment__facility=facility).select_related(
        "appointment__patient", "appointment__type"
    )


def _dead(facility: Facility) -> QuerySet[Reminder]:
    rows = _reminders(facility).filter(status__in=DEAD, appointment__starts_at__gt=timezone.now())
    return rows.filter(resolved_at__isnull=True).order_by("appointment__starts_at")
