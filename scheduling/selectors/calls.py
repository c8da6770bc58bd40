"""Whom only a call will reach or settle, when to try again, and who is on the telephone with whom."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.access import scopes
from accounts.models import Facility, User
from accounts.roles import Perm, Scope
from core.fingerprint import fingerprint
from core.labels import due_label, when_label
from patients.access import read_of, related, with_asking
from patients.models import ContactPoint, Patient
from records.models import ChannelConsent
from scheduling.models import Appointment, CallAttempt, Reminder
from scheduling.selectors.appointments import Row, appointment_row
from scheduling.selectors.ledger import DEAD

UNANSWERED_BEFORE = timedelta(hours=24)
NEED_A_CALL = (Appointment.Reply.DECLINED, Appointment.Reply.TENTATIVE)
ATTEMPTS_SHOWN = 3
ON_THE_LINE = timedelta(minutes=5)  # how long nobody else is sent to the same row
PAGE_SIZE = 50


@dataclass(frozen=True)
class CallList:
    """Whom to call now, in the order of their appointments; whom later, in the order of the next try."""

    now: list[Row] = field(default_factory=list)
    later: list[Row] = field(default_factory=list)
    mine: Row | None = None
    total: int = 0
    first: int = 0
    more: bool = False

    @property
    def digest(self) -> str:
        """The same as long as nothing shown has changed."""
        return fingerprint(self)


def call_list(facility: Facility, user: User, *, first: int = 0) -> CallList:
    """The rows to work through, `PAGE_SIZE` from `first` on of those to call now, and all that wait for later.

    `mine` is the row this person has begun to call. Three queries, one look into the cache.
    """
    rows = call_list_rows(facility, user=user)
    for row, claim in zip(rows, _claims(rows), strict=True):
        row |= {"taken_by": "", "is_mine": False} | _claim(claim, user, facility)
    now = [row for row in rows if not row["later"]]
    later = sorted((row for row in rows if row["later"]), key=lambda row: row["later"])
    mine = next((row for row in rows if row["is_mine"]), None)
    shown = now[first : first + PAGE_SIZE]
    return CallList(shown, later[:PAGE_SIZE], mine, len(now), first, len(now) > first + PAGE_SIZE)


def confirmations(facility: Facility, days: int = 3, user: User | None = None) -> list[Row]:
    """Appointments of the next days that nobody has confirmed, soonest first, with why and whom to call.

    With `user` only of people for whom this person books. Three queries.
    """
    soon = Q(starts_at__lt=timezone.now() + timedelta(days=days))
    rows = _callable(facility, user).filter(soon).exclude(reply=Appointment.Reply.ACCEPTED)
    return [_call_row(row, facility) for row in rows]


def call_list_rows(facility: Facility, days: int = 3, user: User | None = None) -> list[Row]:
    """Everyone whom only a call will reach or settle, in time order.

    Cannot come, asks for a call, mail failed, in doubt or came back, whenever the appointment is; within the next
    days also no consent or no address; within 24 hours no answer. Three queries.
    """
    now = timezone.now()
    asks = Q(reply__in=NEED_A_CALL) | Q(stuck=True) | Q(bounced=True)
    unwritten = Q(may_mail=False, starts_at__lt=now + timedelta(days=days))
    unanswered = Q(starts_at__lt=now + UNANSWERED_BEFORE)
    rows = _callable(facility, user).exclude(reply=Appointment.Reply.ACCEPTED)
    return [_call_row(row, facility) for row in rows.filter(asks | unwritten | unanswered)]


def is_safe(phone: ContactPoint, clock: time) -> bool:
    """Whether it may ring at that time of the facility's day; safe hours may run past midnight."""
    start, end = phone.safe_from, phone.safe_until
    if start is None or end is None:
        return True
    return start <= clock < end if start <= end else clock >= start or clock < end


def next_safe(phones: list[ContactPoint], moment: datetime) -> datetime:
    """The first moment from then on at which one of the numbers may ring; that moment itself without numbers."""
    if not phones or any(is_safe(phone, moment.time()) for phone in phones):
        return moment
    starts = [phone.safe_from for phone in phones if phone.safe_from]
    opens = [datetime.combine(moment.date(), start, moment.tzinfo) for start in starts]
    return min(at if at > moment else at + timedelta(days=1) for at in opens)


def claim_key(appointment_id: int) -> str:
    """Where the cache keeps who is calling about an appointment."""
    return f"calling:{appointment_id}"


def _callable(facility: Facility, user: User | None) -> QuerySet[Appointment]:
    """Booked and to come, with `may_mail`, `consented`, `suspended`, `stuck`, `bounced`, phones and calls."""
    rows = Appointment.objects.filter(
        facility=facility, status__in=[Appointment.Status.BOOKED, Appointment.Status.PENDING], external=False,
        patient__deceased=False, starts_at__gt=timezone.now(),
    )  # fmt: skip
    if user is not None:
        rows = with_asking(rows.filter(_booked_for(user, facility)), facility, user=user)
    phones = ContactPoint.objects.filter(system__in=["phone", "sms"]).exclude(use="old").order_by("rank", "pk")
    calls = CallAttempt.objects.order_by("-at").select_related("by")
    rows = rows.annotate(**_channel(facility)).annotate(
        stuck=_with_reminder(status__in=DEAD, resolved_at__isnull=True),
        bounced=_with_reminder(bounced_at__isnull=False),
    )
    rows = rows.select_related("type", "practitioner", "location", "patient").prefetch_related(
        Prefetch("patient__telecoms", phones, to_attr="phones"), Prefetch("calls", calls, to_attr="tried")
    )
    return rows.order_by("starts_at", "pk")


def _booked_for(user: User, facility: Facility) -> Q:
    held = scopes(user, Perm.APPOINTMENT_EDIT).get(facility.pk, set())
    if Scope.FACILITY in held:
        return Q()
    return Q(patient__in=Patient.objects.filter(related(user, Perm.APPOINTMENT_EDIT, facility)).values("pk"))


def _channel(facility: Facility) -> dict[str, Exists]:
    today = timezone.localdate(timezone=facility.tz)
    active = ChannelConsent.objects.filter(
        patient=OuterRef("patient"), facility=facility, status=ChannelConsent.Status.ACTIVE
    )
    active = active.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
    usable = active.filter(contact_point__suspended_reason="").exclude(contact_point__use=ContactPoint.Use.OLD)
    return {
        "consented": Exists(active),
        "suspended": Exists(active.exclude(contact_point__suspended_reason="")),
        "may_mail": Exists(usable),
    }


def _with_reminder(**conditions: object) -> Exists:
    return Exists(
        Reminder.objects.filter(appointment=OuterRef("pk"), schedule_version=OuterRef("schedule_version"), **conditions)
    )


def _call_row(appointment: Any, facility: Facility) -> Row:
    """An Appointment with what `_callable` adds to it, ready to print."""
    now = timezone.now().astimezone(facility.tz)
    last = appointment.tried[0] if appointment.tried else None
    next_try = last.next_try_at if last else None
    reason, tone = _reason(appointment)
    no_phone = read_of(appointment, "")
    phones = [] if no_phone else appointment.patient.phones
    rings_at = next_safe(phones, max(now, next_try.astimezone(facility.tz)) if next_try else now)
    return appointment_row(appointment, facility) | {
        "appointment": appointment,
        "reason": reason,
        "reason_tone": tone,
        "patient_uuid": appointment.patient.uuid,
        "phones": [{"value": phone.value, "note": _phone_note(phone)} for phone in phones],
        "no_phone": no_phone or "No number",
        "attempts": [] if no_phone else [_attempt(call, facility) for call in appointment.tried[:ATTEMPTS_SHOWN]],
        "tried": _attempt(last, facility)["text"] if last and not no_phone else "",
        "seen": str(last.uuid) if last else "",
        "next_try": due_label(next_try, facility.tz) if next_try else None,
        "try_now": bool(next_try and rings_at <= now),
        "later": rings_at if rings_at > now else None,
        "later_label": when_label(rings_at, facility.tz),
        "waits_for": "next try" if next_try and rings_at == next_try else "safe hours",
    }


def _attempt(call: CallAttempt, facility: Facility) -> Row:
    when = when_label(call.at, facility.tz)
    return {"text": f"{call.get_outcome_display()}, {when}", "by": str(call.by)}


def _reason(appointment: Any) -> tuple[str, str]:
    """Why only a call will do, and its tone; nothing when the message may still do it."""
    replies = Appointment.Reply
    soon = appointment.starts_at - timezone.now() < UNANSWERED_BEFORE
    said = [
        (appointment.reply == replies.DECLINED, "Can't make it", "danger"),
        (appointment.reply == replies.TENTATIVE, "Asks for a call", "warning"),
        (appointment.reply == replies.ACCEPTED, "", ""),
        (appointment.stuck, "Mail failed or in doubt", "danger"),
        (appointment.bounced or appointment.suspended, "Mail came back", "danger"),
        (not appointment.consented, "No consent to e-mail", "warning"),
        (not appointment.may_mail, "No usable address", "warning"),
        (soon, "No answer yet", "warning"),
    ]
    return next(((words, tone) for holds, words, tone in said if holds), ("", ""))


def _phone_note(phone: ContactPoint) -> str:
    hours = f"safe {phone.safe_from:%H:%M}–{phone.safe_until:%H:%M}" if phone.safe_from and phone.safe_until else ""
    return ", ".join(part for part in (hours, "leave no message" if phone.leave_no_message else "") if part)


def _claims(rows: list[Row]) -> list[dict[str, Any]]:
    keys = [claim_key(row["appointment"].pk) for row in rows]
    found = cache.get_many(keys) if keys else {}
    return [found.get(key) or {} for key in keys]


def _claim(claim: dict[str, Any], user: User, facility: Facility) -> Row:
    if not claim:
        return {}
    if claim["by"] == user.pk:
        return {"is_mine": True}
    return {"taken_by": f"{claim['name']} is calling since {claim['since'].astimezone(facility.tz):%H:%M}"}
