"""Whether practitioners may be booked, and which credentials will soon forbid it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from core.labels import day_label
from staff.models import Credential, Practitioner, PractitionerRole

LADDER = (
    (0, "expired", "Expired", "danger"),
    (30, "30", "Within 30 days", "danger"),
    (60, "60", "Within 60 days", "warning"),
    (90, "90", "Within 90 days", "info"),
)
# The words of a sentence, where the label of the form is not said aloud.
SAID = {
    "license": "state license",
    "dea": "DEA registration",
    "board": "board certification",
    "malpractice": "malpractice coverage",
    "education": "education record",
    "bls": "basic life support card",
}


@dataclass
class ExpiringCredential:
    """One row of the ladder, ready to print; `practitioner_id` joins it with the bookings its lapse would break."""

    practitioner_id: int
    practitioner: str
    url: str
    kind: str
    kind_label: str
    state: str
    expires_on: date
    expires: str
    relative: str
    step: str  # expired, 30, 60 or 90: days left, at most
    step_label: str
    tone: str
    renewal_requested: str
    renew_url: str
    edit_url: str
    verify_url: str


def clearance_problem(
    practitioners: Iterable[Practitioner],
    facility: Facility,
    on: date,
    kind: str = Credential.Kind.LICENSE,
    *,
    lives_in: str = "",
) -> dict[int, str]:
    """Practitioner id → the sentence that says why he or she may not be booked that day; nobody else is in it.

    Asked: active, working at the facility that day, and one credential of the kind in force that day, of the
    facility's state when both states are known. `kind` "" asks for no credential. Two queries for any number.
    """
    people = list(practitioners)
    problems = absence_problem(people, facility, on)
    present = [person for person in people if person.pk not in problems]
    return problems | credential_problem(present, facility, on, kind, lives_in=lives_in)


def absence_problem(practitioners: Iterable[Practitioner], facility: Facility, on: date) -> dict[int, str]:
    """Practitioner id → why he or she is not on the staff that day: no longer active, or not working here."""
    people = list(practitioners)
    here = set(roles_on(facility, on).filter(practitioner__in=people).values_list("practitioner_id", flat=True))
    problems = {person.pk: _absence(person, facility, working=person.pk in here) for person in people}
    return {pk: problem for pk, problem in problems.items() if problem}


def credential_problem(
    practitioners: Iterable[Practitioner], facility: Facility, on: date, kind: str, *, lives_in: str = ""
) -> dict[int, str]:
    """Practitioner id → why no credential of the kind covers the day, in the facility's state.

    Care by video is also care where the person is: with `lives_in`, a state's code, one of that state is asked for
    as well. `kind` "" asks for nothing. One query.
    """
    people = list(practitioners)
    held: dict[int, list[Credential]] = {}
    for row in Credential.objects.filter(practitioner__in=people, kind=kind, superseded=False) if kind else ():
        held.setdefault(row.practitioner_id, []).append(row)
    states = dict.fromkeys([facility.state, lives_in or facility.state])
    problems = {}
    for person in people if kind else ():
        lapses = (_lapse(person, held.get(person.pk, []), state, facility, on, kind) for state in states)
        if problem := next(filter(None, lapses), ""):
            problems[person.pk] = problem
    return problems


def expiring_credentials(facility: Facility, within: int = 90) -> list[ExpiringCredential]:
    """Credentials of the people who work here that have ended, or end within 90 days; the soonest first."""
    today = timezone.localdate(timezone=facility.tz)
    rows = Credential.objects.filter(
        Exists(roles_on(facility, today).filter(practitioner=OuterRef("practitioner"))),
        superseded=False, practitioner__is_active=True, expires_on__lte=today + timedelta(days=within),
    )  # fmt: skip
    rows = rows.select_related("practitioner").order_by("expires_on", "pk")
    return [_expiring(row, row.expires_on, today, facility) for row in rows if row.expires_on]


def roles_on(facility: Facility, on: date) -> QuerySet[PractitionerRole]:
    """Who works at the facility that day, as what."""
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=on)
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    return PractitionerRole.objects.filter(begun, lasting, facility=facility)


def _absence(person: Practitioner, facility: Facility, *, working: bool) -> str:
    if not person.is_active:
        return f"{person} is no longer active; choose another practitioner."
    if not working:
        return f"{person} does not work at {facility} on that day; choose another practitioner."
    return ""


def _lapse(person: Practitioner, held: list[Credential], state: str, facility: Facility, on: date, kind: str) -> str:
    """Why none of the credentials held is in force in that state that day, "" when one is."""
    said = SAID.get(kind, kind)
    fitting = [row for row in held if _is_for(row, state)]
    if any(_in_force(row, on) for row in fitting):
        return ""
    sound = [row for row in fitting if row.status != Credential.Status.FAILED]
    ended = [row.expires_on for row in sound if row.expires_on and row.expires_on < on]
    if not held:
        reason = f"{person} has no {said} on record"
    elif not fitting:
        reason = f"{person} has a {said} for {held[0].state}, not for {state}"
    elif not sound:
        reason = f"The {said} of {person} failed its verification"
    elif ended:
        verb = "ended" if max(ended) < timezone.localdate(timezone=facility.tz) else "ends"
        reason = f"{_owner(person)} {said} {verb} on {_day(max(ended))}"
    else:
        begins = min(row.issued_on for row in sound if row.issued_on)
        reason = f"{_owner(person)} {said} is not in force before {_day(begins)}"
    return f"{reason}; ask physician services about it, or choose another practitioner."


def _is_for(row: Credential, state: str) -> bool:
    by_state = row.kind in {Credential.Kind.LICENSE, Credential.Kind.DEA}
    return not (by_state and row.state and state) or row.state == state


def _in_force(row: Credential, on: date) -> bool:
    begun = row.issued_on is None or row.issued_on <= on
    return begun and (row.expires_on is None or row.expires_on >= on) and row.status != Credential.Status.FAILED


def _owner(person: Practitioner) -> str:
    name = " ".join(part for part in (person.prefix, person.given_name, person.family_name) if part)
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _expiring(row: Credential, ends: date, today: date, facility: Facility) -> ExpiringCredential:
    left = (ends - today).days
    step, label, tone = next((s, words, t) for most, s, words, t in LADDER if left < 0 or (most and left <= most))
    requested = row.renewal_requested_at
    return ExpiringCredential(
        practitioner_id=row.practitioner_id,
        practitioner=str(row.practitioner),
        url=row.practitioner.get_absolute_url(),
        kind=row.kind,
        kind_label=row.get_kind_display(),
        state=row.state,
        expires_on=ends,
        expires=day_label(ends, today),
        relative=f"{-left} days ago" if left < 0 else "today" if left == 0 else f"in {left} days",
        step=step,
        step_label=label,
        tone=tone,
        renewal_requested=day_label(requested.astimezone(facility.tz).date(), today) if requested else "",
        renew_url=reverse("staff:credential_request_renewal", args=[row.uuid]),
        edit_url=reverse("staff:credential_edit", args=[row.uuid]),
        verify_url=reverse("staff:credential_verify", args=[row.uuid]),
    )
