"""Appointments as rows that are ready to print."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.models import Facility, User
from accounts.roles import Perm, Scope
from core.labels import when_label
from patients.access import read_of, related, with_asking
from patients.models import Patient
from patients.selectors import current_address
from scheduling import clock
from scheduling.models import FOLLOWS, Appointment, AppointmentResponse, AppointmentType, CallAttempt
from scheduling.selectors.hours import with_hours
from staff.codes import state_code
from staff.models import Practitioner
from staff.selectors import clearance_problem

Row = dict[str, Any]
STATUS_TONES = {
    "proposed": "warning", "pending": "warning", "booked": "info", "arrived": "success", "checked-in": "success",
    "fulfilled": "success", "cancelled": "neutral", "noshow": "danger",
}  # fmt: skip
REPLY_TONES = {"needs-action": "warning", "accepted": "success", "declined": "danger", "tentative": "warning"}
STATUS_WORDS = {
    "booked": "Booked", "arrived": "Arrived", "checked-in": "Checked in", "fulfilled": "Attended",
    "noshow": "Did not come",
}  # fmt: skip
# The status before, which mends a wrong tap, and what is said by it.
BEFORE = {
    "arrived": ("booked", "Not here after all"), "checked-in": ("arrived", "Not checked in after all"),
    "fulfilled": ("checked-in", "Not attended after all"), "noshow": ("booked", "Came after all"),
}  # fmt: skip
TONES = {"neutral", "primary", "info", "success", "warning"}  # of a kind of appointment
NOBODY = UUID(int=0)
VISIT = "Visit"  # of a chart that asks for a reason: what kind of visit tells what kind of care


def appointment_of(patient: Patient, pk: UUID) -> Appointment:
    """One appointment of the patient, with all it names. Raises Http404."""
    rows = patient.appointments.select_related(
        "facility",
        "type",
        "patient",
        "practitioner",
        "location",
        "interpreter",
        "equipment",
        "episode",
        "booked_by",
        "series",
    )
    appointment = with_moves(rows).filter(uuid=pk).first()
    if appointment is None:
        raise Http404
    return appointment


def todays_appointments(
    *, facility: Facility, practitioner: Practitioner | None = None, user: User | None = None, day: date | None = None
) -> list[Row]:
    """The rows of one day of the facility (today), of one practitioner, or of the practitioner that `user` is.

    With `user` the names of people this person may not see are left out. Three queries at most.
    """
    first, end = clock.day_bounds(day or timezone.now().astimezone(facility.tz).date(), facility.tz)
    rows = standing(facility).filter(starts_at__gte=first, starts_at__lt=end).order_by("starts_at", "pk")
    if practitioner:
        rows = rows.filter(practitioner=practitioner)
    found = list(rows if user is None else with_asking(rows, facility, user=user))
    seen = None if user is None else nameable(user, facility, [row.patient_id for row in found])
    return [appointment_row(row, facility, named=seen is None or row.patient_id in seen) for row in found]


def standing(facility: Facility) -> QuerySet[Appointment]:
    """What is in the facility's calendar: not cancelled, and not imported from elsewhere."""
    rows = Appointment.objects.filter(facility=facility, external=False)
    named = ("type", "practitioner", "location", "patient", "interpreter", "equipment")
    return with_moves(rows).exclude(status=Appointment.Status.CANCELLED).select_related(*named)


def with_moves(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Each with `moved_by_patient`: whether the patient took its present time behind the link."""
    here = AppointmentResponse.objects.filter(appointment=OuterRef("pk"), moved_to=OuterRef("starts_at"))
    return rows.annotate(moved_by_patient=Exists(here))


def nameable(user: User, facility: Facility, patient_ids: Iterable[int | None]) -> set[int]:
    """Of these patients, those whose appointments the person may see by name. One query at most."""
    return permitted(user, Perm.APPOINTMENT_VIEW, facility, patient_ids)


def permitted(user: User, perm: Perm, facility: Facility, patient_ids: Iterable[int | None]) -> set[int]:
    """Of these patients, those for whom the person holds the permission at the facility. One query at most."""
    wanted = {pk for pk in patient_ids if pk}
    scopes = access.scopes(user, perm).get(facility.pk, set())
    if Scope.FACILITY in scopes or not wanted or not scopes:
        return wanted if Scope.FACILITY in scopes else set()
    mine = related(user, perm, facility)
    return set(Patient.objects.filter(mine, pk__in=wanted).values_list("pk", flat=True))


def appointment_row(appointment: Appointment, facility: Facility, *, named: bool = True) -> Row:
    """One appointment ready to print; without `named` it is "Booked" and leads nowhere."""
    tz = facility.tz
    starts, ends = appointment.starts_at.astimezone(tz), appointment.ends_at.astimezone(tz)
    patient = appointment.patient
    upcoming = appointment.status in Appointment.UPCOMING
    proposed = appointment.status == Appointment.Status.PROPOSED
    return {
        "uuid": appointment.uuid,
        "iso": appointment.starts_at.isoformat(),
        "starts_at": appointment.starts_at,
        "when": when_label(appointment.starts_at, tz),
        "from": f"{starts:%H:%M}",
        "to": f"{ends:%H:%M}",
        "name": (patient.list_name if named else "Booked") if patient else str(appointment.type),
        "named": named and patient is not None,
        "url": appointment_url(patient.uuid, appointment.uuid) if patient and named else "",
        "type": read_of(appointment, str(appointment.type), VISIT) if named or patient is None else "",
        "practitioner": str(appointment.practitioner or ""),
        "practitioner_id": appointment.practitioner_id,
        "location": str(appointment.location or ("Video" if appointment.video_url else "")),
        "status": appointment.get_status_display(),
        "status_code": appointment.status,
        "tone": STATUS_TONES[appointment.status],
        "block_tone": block_tone(appointment, named=named),
        "block_state": "is-proposed" if proposed else "is-over" if not upcoming else "",
        "state": "Offered" if proposed else "" if not named else _state(appointment),
        "reply": _reply(appointment) if upcoming and patient and not proposed else "",
        "reply_tone": REPLY_TONES[appointment.reply],
        "is_group": patient is None,
    }


def block_tone(appointment: Appointment, *, named: bool = True) -> str:
    """The color of its kind in the calendar; red for what needs somebody: cannot come, did not come."""
    if not read_of(appointment, "open" if named or not appointment.patient_id else "", ""):
        return "neutral"
    if appointment.status == Appointment.Status.NOSHOW or (
        appointment.status in Appointment.UPCOMING and appointment.reply == Appointment.Reply.DECLINED
    ):
        return "danger"
    return appointment.type.tone if appointment.type.tone in TONES else "primary"


def _state(appointment: Appointment) -> str:
    """In the words of the calendar: the answer while it is to come, then what happened."""
    if appointment.patient_id is None:
        return ""
    if appointment.status in Appointment.UPCOMING:
        return _reply(appointment)
    return appointment.get_status_display()


def row_of(appointment: Appointment) -> Row:
    """One appointment ready to print, in its own facility's zone."""
    return appointment_row(appointment, appointment.facility)


def answers_to(appointment: Appointment) -> list[Row]:
    """What the patient answered and the calls about it, latest first. Two queries."""
    tz = appointment.facility.tz
    found = [
        (answer.at, _answer(answer, tz), answer.get_via_display(), answer.comment)
        for answer in appointment.responses.all()
    ]
    found += [(call.at, call.get_outcome_display(), f"Call by {call.by}", "") for call in _calls(appointment)]
    return [
        {"when": when_label(at, tz), "what": what, "how": how, "comment": comment}
        for at, what, how, comment in sorted(found, reverse=True)
    ]


def next_statuses(appointment: Appointment) -> list[tuple[str, str]]:
    """What may be said of it next, as buttons: value and words. Nothing before its day, nobody missed it before it."""
    tz, now = appointment.facility.tz, timezone.now()
    if appointment.starts_at.astimezone(tz).date() > now.astimezone(tz).date():
        return []
    hidden = {step_back(appointment)[0], "noshow" if now < appointment.starts_at else ""}
    following = FOLLOWS.get(appointment.status, ())
    return [(value, STATUS_WORDS[value]) for value in following if value not in hidden]


def step_back(appointment: Appointment) -> tuple[str, str]:
    """The status before it, which mends a wrong tap, with its words; empty without one."""
    return BEFORE.get(appointment.status, ("", ""))


def appointment_url(patient_uuid: UUID, uuid: UUID) -> str:
    """The page of an appointment, without asking the URL resolver once a row."""
    return _detail_path().replace(str(NOBODY), str(patient_uuid), 1).replace(str(NOBODY), str(uuid), 1)


def bookable_types(facility: Facility) -> QuerySet[AppointmentType]:
    """What can be booked for one person."""
    return AppointmentType.objects.filter(facility=facility, is_active=True, is_group=False)


def bookable_practitioners(facility: Facility, type: AppointmentType | None = None) -> list[Practitioner]:
    """Who has hours at the facility now or later, of the kind that the type asks for, by name; no interpreters."""
    rows = with_hours(facility).exclude(kind=Practitioner.Kind.INTERPRETER)
    if type and type.practitioner_kind:
        rows = rows.filter(kind=type.practitioner_kind)
    return list(rows)


def problems(
    practitioners: list[Practitioner],
    facility: Facility,
    type: AppointmentType,
    day: date,
    patient: Patient | None = None,
) -> dict[int, str]:
    """Practitioner id → why he or she cannot be booked for the type, for this patient, on a day."""
    lives_in = state_of_care(patient, type) if patient else ""
    return clearance_problem(practitioners, facility, day, type.required_credential, lives_in=lives_in)


def state_of_care(patient: Patient, type: AppointmentType) -> str:
    """The state in which the person is during a visit by video, as far as it is known; "" for a visit on site."""
    address = current_address(patient) if type.is_telehealth and type.required_credential else None
    return state_code(address.state) if address else ""


def bookings_per_practitioner_after(day: date, facility: Facility | None = None) -> dict[int, int]:
    """Practitioner id → bookings that start on or after a day: what a credential that lapses then would break."""
    rows = Appointment.objects.filter(
        status__in=Appointment.UPCOMING, external=False, practitioner__isnull=False, starts_at__date__gte=day
    )
    if facility:
        rows = rows.filter(facility=facility)
    return dict(rows.order_by().values_list("practitioner_id").annotate(Count("pk")))


def _reply(appointment: Any) -> str:
    """The patient's answer; an Appointment of `with_moves` also says whose time it is."""
    moved = getattr(appointment, "moved_by_patient", False)
    return f"{appointment.get_reply_display()}{', moved by the patient' if moved else ''}"


def _answer(answer: AppointmentResponse, tz: ZoneInfo) -> str:
    if answer.moved_to:
        return f"Moved by the patient to {when_label(answer.moved_to, tz)}"
    return answer.get_participant_status_display()


def _calls(appointment: Appointment) -> QuerySet[CallAttempt]:
    return appointment.calls.select_related("by")


@cache
def _detail_path() -> str:
    return reverse("scheduling:appointment_detail", args=[NOBODY, NOBODY])
