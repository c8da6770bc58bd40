"""What must be in order before a time is taken: rules that nobody sets aside, and those that a reason can."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import Facility, Location
from core.errors import DomainError
from episodes.models import EpisodeOfCare, EpisodeStep
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType, AvailabilityException, BookingOverride, Hold
from scheduling.selectors.appointments import state_of_care
from scheduling.selectors.hours import covered, in_the_way
from scheduling.services.guards import Resource, clashes, refusal, resources
from staff.models import Practitioner
from staff.selectors import absence_problem, credential_problem

Rule = BookingOverride.Rule
Taking = Appointment | Hold


def require_person(patient: Patient, facility: Facility) -> None:
    """Raises DomainError for the deceased and for somebody who does not belong to the facility."""
    if patient.deceased:
        raise DomainError("This person has died; nothing can be booked.", code="deceased")
    if not patient.facilities.filter(facility=facility, ends_at__isnull=True).exists():
        raise DomainError(f"This person does not belong to {facility}.", code="facility")


def require_future(taking: Taking) -> None:
    if taking.starts_at <= timezone.now():
        raise DomainError("Choose a time in the future.", code="past", field="starts_at")


def require_staff(taking: Taking) -> None:
    """Raises DomainError unless everybody and everything named is of the facility on that day."""
    for place in (taking.location, taking.equipment):
        if place and place.facility_id != taking.facility_id:
            raise DomainError(f"{place} is not at {taking.facility}.", code="facility", field="location")
    if taking.interpreter and taking.interpreter == taking.practitioner:
        raise DomainError("Choose an interpreter other than the practitioner.", code="interpreter", field="interpreter")
    absent = absence_problem(_people(taking), taking.facility, _day(taking))
    for field, person in (("practitioner", taking.practitioner), ("interpreter", taking.interpreter)):
        if person and person.pk in absent:
            raise DomainError(absent[person.pk], code="staff.not_cleared", field=field)


@dataclass(frozen=True)
class Against:
    """What stands against taking a time: each broken rule as its refusal, and who or what is taken already."""

    refusals: list[DomainError]
    overlapping: list[Resource]


def against(
    taking: Taking,
    *,
    steps: bool = True,
    weekly: bool = True,
    candidates: Sequence[Location] = (),
    letting_go: Iterable[int] = (),
) -> Against:
    """The rules that a reason could set aside and that are broken; asked under the locks of all that it takes.

    Their codes are those of BookingOverride.Rule. It gets the first of the `candidates`, pieces of equipment, that
    is free. Without `weekly` the hours of the week are not looked at (leaders of groups have none), without
    `steps` not what the person must have reached (it had, when it was booked).
    """
    spare: list[Resource] = [("location", place) for place in candidates]
    taken = clashes(taking, [*resources(taking), *spare], letting_go)
    closed = _closed(taking, candidates)
    if candidates:
        taking.equipment = _first_free(candidates, taken, closed)
    overlapping = [resource for resource in resources(taking) if resource in taken]
    refusals = [
        *(_steps(taking) if steps else ()),
        *_places(taking, closed),
        *_hours(taking, closed, weekly=weekly),
        *_credential(taking),
        *(refusal(resource, taken[resource]) for resource in overlapping),
    ]
    return Against(refusals, overlapping)


def _closed(taking: Taking, candidates: Sequence[Location]) -> list[AvailabilityException]:
    """Leave and closures at that time, of all that it takes or might take."""
    places = [*(row for row in (taking.location, taking.equipment) if row), *candidates]
    rows = in_the_way(
        practitioners=_people(taking), locations=places, facility=taking.facility, starts_at=taking.starts_at,
        ends_at=taking.ends_at,
    )  # fmt: skip
    return list(rows.select_related("practitioner", "location"))


def _first_free(
    candidates: Sequence[Location], taken: dict[Resource, Any], closed: list[AvailabilityException]
) -> Location:
    shut = {row.location_id for row in closed}
    free = (row for row in candidates if ("location", row) not in taken and row.pk not in shut and not _is_shut(row))
    return next(free, candidates[0])


def _is_shut(place: Location) -> bool:
    return place.operational_status == Location.OperationalStatus.CLOSED


def require_steps(patient: Patient, type: AppointmentType) -> None:
    """Raises DomainError if the person's open episode has not reached what the type asks for."""
    if type.required_steps and (missing := _missing(patient.episodes.open().first(), type)):
        raise missing


def _steps(taking: Taking) -> Iterator[DomainError]:
    if taking.type.required_steps and isinstance(taking, Appointment) and taking.patient is not None:
        missing = _missing(taking.episode, taking.type)
        if missing:
            yield missing


def _missing(episode: EpisodeOfCare | None, type: AppointmentType) -> DomainError | None:
    reached = _reached(episode) if episode else set()
    missing = [EpisodeStep.Kind(step).label.lower() for step in type.required_steps if step not in reached]
    said = f"“{type}” can be booked once this is done: {', '.join(missing)}."
    return DomainError(said, code=Rule.STEP.value, field="type") if missing else None


def _reached(episode: EpisodeOfCare) -> set[str]:
    return set(episode.steps.filter(withdrawn_at__isnull=True).values_list("kind", flat=True))


def _places(taking: Taking, closed: list[AvailabilityException]) -> Iterator[DomainError]:
    places = [row for row in (taking.location, taking.equipment) if row]
    for row in closed:
        if row.kind == AvailabilityException.Kind.CLOSED and (row.location is None or row.location in places):
            note = f": {row.note}" if row.note else ""
            said = f"{row.location or taking.facility} is closed at that time{note}. Choose one of the free times."
            yield DomainError(said, code=Rule.CLOSED.value, field="starts_at")
    for place in filter(_is_shut, places):
        yield DomainError(f"{place} is closed. Choose another.", code=Rule.CLOSED.value, field="location")


def _hours(taking: Taking, closed: list[AvailabilityException], *, weekly: bool) -> Iterator[DomainError]:
    """Leave says why; of those who are not away, whether the hours cover the visit without its pause."""
    away = {row.practitioner: row for row in closed if row.practitioner}
    for person, row in away.items():
        note = f": {row.note}" if row.note else ""
        why = f"{row.get_kind_display().lower()}{note}"
        said = f"{person} is away at that time ({why}). Choose one of the free times."
        yield DomainError(said, code=Rule.HOURS.value, field="starts_at")
    rest = [row for row in _people(taking) if row not in away] if weekly else []
    here = covered(rest, taking.facility, taking.starts_at, taking.ends_at) if rest else set()
    for person in rest:
        if person.pk not in here:
            said = f"{person} has no hours here at that time. Choose one of the free times."
            yield DomainError(said, code=Rule.HOURS.value, field="starts_at")


def _credential(taking: Taking) -> Iterator[DomainError]:
    kind, person = taking.type.required_credential, taking.practitioner
    if not kind or person is None:
        return
    patient = getattr(taking, "patient", None)
    lives_in = state_of_care(patient, taking.type) if patient else ""
    problems = credential_problem([person], taking.facility, _day(taking), kind, lives_in=lives_in)
    if person.pk in problems:
        yield DomainError(problems[person.pk], code=Rule.CREDENTIAL.value, field="practitioner")


def _people(taking: Taking) -> list[Practitioner]:
    return [row for row in (taking.practitioner, taking.interpreter) if row]


def _day(taking: Taking) -> date:
    return taking.starts_at.astimezone(taking.facility.tz).date()
