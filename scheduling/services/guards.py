"""The rows that say who is taken when. All of it under the locks of `services.locks`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Location, User
from core import audit
from core.errors import DomainError, explain
from patients.models import Patient
from scheduling.models import Appointment, AppointmentParticipant, BookingOverride, Hold
from scheduling.services.locks import locked_holds

Rule = BookingOverride.Rule
Taking = Appointment | Hold
# A column of AppointmentParticipant, and the row in it.
Resource = tuple[str, models.Model]
RULES = {"patient": Rule.PATIENT_OVERLAP, "practitioner": Rule.PRACTITIONER_OVERLAP, "location": Rule.LOCATION_OVERLAP}


def resources(taking: Taking) -> list[Resource]:
    """All that it takes: practitioner and interpreter, room and equipment, the person."""
    named = [
        ("practitioner", taking.practitioner),
        ("practitioner", taking.interpreter),
        ("location", taking.location),
        ("location", taking.equipment),
        ("patient", getattr(taking, "patient", None)),
    ]
    return [(column, row) for column, row in named if row is not None]


def during(taking: Taking) -> DateTimeTZRange:
    """Its time with the pause after it."""
    return DateTimeTZRange(taking.starts_at, taking.ends_at + timedelta(minutes=taking.type.buffer_minutes))


def clashes(
    taking: Taking, wanted: Iterable[Resource], letting_go: Iterable[int] = ()
) -> dict[Resource, AppointmentParticipant]:
    """What is taken then, and by which row: every active one counts, those with a permitted overlap too.

    Expired holds that are met are let go, and with them the holds of `letting_go`. Its own rows do not count.
    """
    wanted, given = list(wanted), set(letting_go)
    rows = list(_overlapping(taking, wanted))
    over = {row.hold.pk for row in rows if row.hold and row.hold.expires_at <= timezone.now()}
    for hold in locked_holds(over | given):
        release(hold, by=None, reason="hold-used" if hold.pk in given else "hold-expired")
    found: dict[Resource, AppointmentParticipant] = {}
    for row in rows:
        for column, one in wanted:
            if row.hold_id not in over | given and getattr(row, f"{column}_id") == one.pk:
                found.setdefault((column, one), row)
    return found


def is_elsewhere(patient: Patient, taking: Taking, *, but: Appointment) -> bool:
    """Whether the person has another appointment then."""
    rows = AppointmentParticipant.objects.filter(patient=patient, active=True, during__overlap=during(taking))
    return rows.exclude(appointment=but).exists()


def _overlapping(taking: Taking, wanted: list[Resource]) -> QuerySet[AppointmentParticipant]:
    these = Q(pk__in=[])
    for column in RULES:
        if keys := [row.pk for name, row in wanted if name == column]:
            these |= Q(**{f"{column}__in": keys})
    rows = AppointmentParticipant.objects.filter(these, active=True, during__overlap=during(taking))
    if taking.pk:
        rows = rows.exclude(**{_owner(taking): taking.pk})
    return rows.select_related("hold", "hold__facility").order_by("pk")


def refusal(resource: Resource, row: AppointmentParticipant | None = None) -> DomainError:
    """Why it cannot be taken, in words; `row` is what stands in the way, if that is known."""
    column, one = resource
    verb = "taken" if isinstance(one, Location) else "booked"
    said = f"{one} is {verb} at that time."
    if column == "patient":
        said = "This person has another appointment at that time."
    elif row is not None and row.hold is not None:
        until = row.hold.expires_at.astimezone(row.hold.facility.tz)
        said = f"{one} is held for somebody else at that time. Choose another, or try again after {until:%H:%M}."
    return DomainError(said, code=RULES[column].value)


def take(taking: Taking, by: User | None, *, reason: str = "", permitted: Iterable[Resource] = ()) -> None:
    """Write a row for all that it takes. Raises DomainError if the database refuses one."""
    permitted = list(permitted)
    for resource in resources(taking):
        take_one(taking, resource, by, reason=reason, overlap_permitted=resource in permitted)


def take_one(
    taking: Taking, resource: Resource, by: User | None, *, reason: str = "", overlap_permitted: bool = False
) -> AppointmentParticipant:
    column, one = resource
    part = AppointmentParticipant(during=during(taking), overlap_permitted=overlap_permitted)
    setattr(part, _owner(taking), taking)
    setattr(part, column, one)
    with _explained(resource):
        return audit.save(part, by=by, reason=reason)


def free(taking: Taking, by: User | None, *, reason: str = "") -> None:
    """Nobody and nothing is taken by it any more."""
    for participant in taking.participants.filter(active=True).order_by("pk"):
        participant.active = False
        audit.save(participant, by=by, reason=reason)


def release(hold: Hold, by: User | None, *, reason: str = "") -> None:
    """Let a locked hold go. Harmless twice."""
    if hold.released_at is None:
        hold.released_at = timezone.now()
        audit.save(hold, by=by, reason=reason)
        free(hold, by, reason=reason)


def _owner(taking: Taking) -> str:
    return "appointment" if isinstance(taking, Appointment) else "hold"


@contextmanager
def _explained(resource: Resource) -> Iterator[None]:
    """The exclusion constraint as the same refusal: it has the last word, should a lock have been forgotten."""
    known = refusal(resource)
    try:
        with explain(**{f"{resource[0]}_no_double_booking": known.message}):
            yield
    except DomainError as error:
        raise known from error
