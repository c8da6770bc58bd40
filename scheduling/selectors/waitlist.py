"""The waitlist as its screens show it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.access import scopes
from accounts.models import Facility, User
from accounts.roles import Perm, Scope
from core.labels import day_label, distance_label, due_label, when_label
from patients.access import UNREAD, read_of, related, with_asking
from patients.models import Patient
from scheduling.answering import soonest_start
from scheduling.models import Appointment, WaitlistEntry, WaitlistOffer
from scheduling.selectors.appointments import VISIT, Row, appointment_url
from scheduling.selectors.offers import Offer, offers

Status = WaitlistEntry.Status
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHOWN, LOOKED_AT = 6, 1000  # free times of a practitioner: a thousand are four weeks, or nearly
URGENCY_TONES = {1: "danger", 2: "warning", 3: "neutral"}
OFFER_TONES = {
    "offered": "warning", "accepted": "success", "declined": "danger", "expired": "neutral", "withdrawn": "neutral",
}  # fmt: skip


@dataclass
class Line:
    """Those who wait for one kind of appointment, the next to be served first."""

    title: str
    rows: list[Row] = field(default_factory=list)


def waitlist(facility: Facility, user: User) -> list[Line]:
    """Everybody who waits and for whom this person books, by kind, the next to be served first. Two queries."""
    now, lines = timezone.now(), dict[str, Line]()
    for entry in _waiting(facility, user):
        kind = read_of(entry, str(entry.type), UNREAD)
        line = lines.setdefault(kind, Line(kind))
        line.rows.append(entry_row(entry, facility, now) | {"position": len(line.rows) + 1})
    return list(lines.values())


def waitlist_count(facility: Facility, user: User) -> int:
    """How many wait for whom this person books. One query."""
    return _entries(facility, user).count()


def entries_of(patient: Patient, facility: Facility) -> list[Row]:
    """What the person waits or has waited for here, with every offer: open ones first. Two queries."""
    now = timezone.now()
    offers = Prefetch("offers", _offers().order_by("-offered_at"), to_attr="all_offers")
    rows = _described(patient.waitlist.filter(facility=facility)).prefetch_related(offers)
    found = sorted(rows, key=lambda entry: (entry.status != Status.WAITING, -entry.asked_at.timestamp()))
    return [
        entry_row(entry, facility, now) | {"history": [offer_row(offer, facility) for offer in entry.all_offers]}
        for entry in found
    ]


def entry_of(patient: Patient, pk: UUID) -> WaitlistEntry:
    """One entry of the person. Raises Http404."""
    found = _described(patient.waitlist.all()).filter(uuid=pk).first()
    if found is None:
        raise Http404
    return found


def offer_of(patient: Patient, pk: UUID) -> WaitlistOffer:
    """One offer made to the person. Raises Http404."""
    found = _offers().select_related("entry__patient").filter(entry__patient=patient, uuid=pk).first()
    if found is None:
        raise Http404
    return found


def replaceable(patient: Patient, uuid: str) -> Appointment | None:
    """The person's coming appointment of that uuid, to be replaced by an earlier one; None for anything else."""
    rows = patient.appointments.filter(status__in=("pending", "booked"), external=False)
    try:
        return rows.select_related("type", "facility", "practitioner").filter(uuid=uuid).first() if uuid else None
    except (ValueError, ValidationError):
        return None


def offerable(entry: WaitlistEntry) -> tuple[list[Offer], bool]:
    """The first free times that the person could still answer for, as `scheduling/_slots.html` wants them.

    Those that meet the wishes; when there is none, others, and then the second is False.
    """
    facility, today = entry.facility, timezone.localdate(timezone=entry.facility.tz)
    first = soonest_start(facility)
    found = offers(
        patient=entry.patient, type=entry.type, facility=facility, practitioner=entry.practitioner,
        from_day=max(entry.earliest_on or today, today), limit=LOOKED_AT,
    )  # fmt: skip
    wished = [
        _only(row, [s for s in row.slots if _starts(s) >= first and _is_wished(entry, _starts(s))]) for row in found
    ]
    if any(row.slots for row in wished):
        return wished, True
    return [_only(row, [slot for slot in row.slots if _starts(slot) >= first]) for row in found], False


def _only(offer: Offer, slots: list[Row]) -> Offer:
    return replace(offer, slots=slots[:SHOWN])


def _starts(slot: Row) -> datetime:
    return datetime.fromisoformat(slot["value"])


def _is_wished(entry: WaitlistEntry, starts_at: datetime) -> bool:
    local = starts_at.astimezone(entry.facility.tz)
    day, ends = local.date(), (starts_at + timedelta(minutes=entry.type.minutes)).astimezone(entry.facility.tz)
    return (
        (not entry.weekdays or day.weekday() in entry.weekdays)
        and (entry.latest_on is None or day <= entry.latest_on)
        and (entry.from_time is None or local.time() >= entry.from_time)
        and (entry.until_time is None or (ends.date() == day and ends.time() <= entry.until_time))
        and starts_at - timezone.now() >= timedelta(hours=entry.notice_hours)
    )


def ends_label(offer: WaitlistOffer) -> str:
    """Until when the person may answer."""
    return when_label(offer.expires_at, offer.entry.facility.tz)


def entry_row(entry: Any, facility: Facility, now: datetime) -> Row:
    """One entry ready to print. `entry` carries `all_offers`."""
    open_offer = next((row for row in entry.all_offers if row.status == WaitlistOffer.Status.OFFERED), None)
    base = reverse("scheduling:waitlist_person", args=[entry.patient.uuid])
    return {
        "uuid": entry.uuid,
        "name": entry.patient.list_name,
        "url": f"{base}#entry-{entry.uuid}",
        "base": f"{base}{entry.uuid}/",
        "type": read_of(entry, str(entry.type), VISIT),
        "is_waiting": entry.status == Status.WAITING,
        "status": entry.get_status_display(),
        "status_tone": {"waiting": "warning", "booked": "success"}.get(entry.status, "neutral"),
        "closed": f"{entry.closed_reason}, {when_label(entry.closed_at, facility.tz)}" if entry.closed_at else "",
        "urgency": entry.get_urgency_display(),
        "urgency_tone": URGENCY_TONES[entry.urgency],
        "since": day_label(entry.asked_at.astimezone(facility.tz).date(), now.astimezone(facility.tz).date()),
        "since_iso": entry.asked_at.isoformat(),
        "waited": distance_label(now - entry.asked_at),
        "wishes": read_of(entry, _wish_words(entry, facility)),
        "instead_of": read_of(entry, _instead_of(entry, facility), ""),
        "note": read_of(entry, entry.note, ""),
        "past": _cannot_be_met(entry, facility),
        "offer": offer_row(open_offer, facility) if open_offer else None,
    }


def offer_row(offer: WaitlistOffer, facility: Facility) -> Row:
    """One offer ready to print."""
    visit = offer.appointment
    return {
        "uuid": offer.uuid,
        "when": when_label(visit.starts_at, facility.tz),
        "with": str(visit.practitioner or ""),
        "why": offer.why,
        "offered": when_label(offer.offered_at, facility.tz),
        "ends": due_label(offer.expires_at, facility.tz),
        "status": offer.get_status_display(),
        "tone": OFFER_TONES[offer.status],
        "answered": when_label(offer.answered_at, facility.tz) if offer.answered_at else "",
        "url": appointment_url(visit.patient.uuid, visit.uuid) if visit.patient else "",
        "is_open": offer.status == WaitlistOffer.Status.OFFERED,
    }


def _entries(facility: Facility, user: User) -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.filter(_mine(user, facility), facility=facility, status=Status.WAITING)


def _waiting(facility: Facility, user: User) -> QuerySet[WaitlistEntry]:
    offered = _offers().filter(status=WaitlistOffer.Status.OFFERED)
    entries = with_asking(_entries(facility, user), facility, user=user)
    rows = _described(entries).prefetch_related(Prefetch("offers", offered, to_attr="all_offers"))
    return rows.annotate(came_on=TruncDate("asked_at", tzinfo=facility.tz)).order_by(
        "type__name", "type", "urgency", "came_on", "asked_at", "pk"
    )


def _described(rows: QuerySet[WaitlistEntry]) -> QuerySet[WaitlistEntry]:
    return rows.select_related("facility", "type", "patient", "practitioner", "appointment__practitioner", "episode")


def _offers() -> QuerySet[WaitlistOffer]:
    return WaitlistOffer.objects.select_related("appointment__practitioner", "appointment__patient")


def _mine(user: User, facility: Facility) -> Q:
    """Of people for whom the person books."""
    if Scope.FACILITY in scopes(user, Perm.APPOINTMENT_EDIT).get(facility.pk, set()):
        return Q()
    return Q(patient__in=Patient.objects.filter(related(user, Perm.APPOINTMENT_EDIT, facility)).values("pk"))


def _wish_words(entry: WaitlistEntry, facility: Facility) -> str:
    """The wishes in one line, "Any time" for none."""
    today = timezone.localdate(timezone=facility.tz)
    parts = [
        f"with {entry.practitioner}" if entry.practitioner else "",
        ", ".join(DAYS[day] for day in sorted(entry.weekdays)),
        _hours(entry),
        f"from {day_label(entry.earliest_on, today)}" if entry.earliest_on else "",
        f"until {day_label(entry.latest_on, today)}" if entry.latest_on else "",
    ]
    said = " · ".join(part for part in parts if part) or "Any time"
    return f"{said} · {entry.notice_hours} h notice"


def _hours(entry: WaitlistEntry) -> str:
    begins = f"{entry.from_time:%H:%M}" if entry.from_time else ""
    ends = f"{entry.until_time:%H:%M}" if entry.until_time else ""
    if begins and ends:
        return f"{begins} to {ends}"
    return f"from {begins}" if begins else f"until {ends}" if ends else ""


def _instead_of(entry: WaitlistEntry, facility: Facility) -> str:
    held = entry.appointment
    if held is None or held.status not in Appointment.UPCOMING:
        return ""
    return when_label(held.starts_at, facility.tz)


def _cannot_be_met(entry: WaitlistEntry, facility: Facility) -> str:
    """Why nothing can be offered any more, so that somebody changes the entry or takes it off."""
    if entry.status != Status.WAITING:
        return ""
    if entry.latest_on and entry.latest_on < timezone.localdate(timezone=facility.tz):
        return "The last day wished for is past"
    held = entry.appointment
    if held and held.status in Appointment.UPCOMING and held.starts_at <= timezone.now():
        return "The appointment to be replaced has begun"
    return ""
