"""Three weeks of the read log: what was opened on ordinary days and in emergencies, printed, and refused."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from accounts.models import AccessEvent, Facility, User
from accounts.roles import BREAK_GLASS, Perm, Role
from carecoord.demo.house import House
from patients.access import GLASS
from patients.models import CareTeamMember, EmergencyAccess, Patient, PatientFacility, Relation
from patients.standing import held_by

Action, DENIED = AccessEvent.Action, AccessEvent.Outcome.DENIED
DAYS = 21
OPENED = [
    Perm.IDENTITY_VIEW, Perm.SAFETY_VIEW, Perm.CONTACT_VIEW, Perm.PLAN_VIEW, Perm.APPOINTMENT_VIEW, Perm.OPTION_VIEW,
    Perm.ASSESSMENT_VIEW, Perm.DOCUMENT_VIEW, Perm.INTAKE_VIEW, Perm.REFERRAL_VIEW, Perm.ACTIVITY_VIEW,
    Perm.HANDOFF_VIEW, Perm.CONSENT_VIEW,
]  # fmt: skip
PRINTED = {Perm.PLAN_VIEW, Perm.APPOINTMENT_VIEW, Perm.ASSESSMENT_VIEW, Perm.DOCUMENT_VIEW}
Period = tuple[int, datetime, datetime | None]


def look_around(house: House, now: datetime) -> None:
    """Write the lines as the pages would have, in the order of time: an id is never younger than the one before it."""
    chance = Random(house.facility.pk)  # noqa: S311
    people, teams = _belonging(house.facility), _teams(house.facility)
    lines = [line for access in _accesses(house.facility) for line in _behind_glass(access)]
    for role, users in house.staff.items():
        for user in users:
            known = teams[user.pk] if _needs_relation(role) else people
            for day in range(DAYS + 1):
                lines += _day(house.facility, Role(role), user, now.date() - timedelta(days=day), chance, known, people)
    lines.sort(key=lambda line: line.at)
    AccessEvent.objects.bulk_create([line for line in lines if line.at < now], batch_size=2000)


def _day(
    facility: Facility, role: Role, user: User, day: date, chance: Random, known: list[Period], people: list[Period]
) -> Iterator[AccessEvent]:
    """One person's day; at weekends one in four comes."""
    if chance.random() > (0.25 if day.weekday() > 4 else 0.85):
        return
    at = datetime.combine(day, time(8, chance.randrange(60), chance.randrange(60)), facility.tz)
    if chance.random() < 0.03:
        yield _line(facility, user, at, action=Action.SIGN_IN_FAILED, outcome=DENIED, code="password")
    yield _line(facility, user, at, action=Action.SIGN_IN, code="second-factor-used")
    yield _line(facility, user, at, action=Action.LIST, target="desks:home")
    for _ in range(chance.randint(2, 6)):
        at += timedelta(minutes=chance.randint(4, 90))
        yield from _look(facility, role, user, at, chance, known, people)
    yield _line(facility, user, at + timedelta(minutes=9), action=Action.SIGN_OUT, code="idle")


def _look(
    facility: Facility, role: Role, user: User, at: datetime, chance: Random, known: list[Period], people: list[Period]
) -> Iterator[AccessEvent]:
    """One chart of a person's own, and now and then one that is not."""
    there = [period for period in known if _covers(period, at)]
    held = held_by(role, {Relation.CARE_TEAM})
    classes = [perm for perm in OPENED if perm in held]
    if not there or not classes:
        return
    if chance.random() < 0.04:
        yield from _strange(facility, user, at, chance, known, people)
    patient_id = chance.choice(there)[0]
    opened = chance.sample(classes, k=min(len(classes), chance.randint(1, 4)))
    for perm in [Perm.NAME_VIEW, *opened]:
        yield _line(facility, user, at, patient_id=patient_id, data_class=perm)
    if opened[0] in PRINTED and chance.random() < 0.1:
        yield _line(facility, user, at, patient_id=patient_id, data_class=opened[0], action=Action.PRINT)
    refused = [perm for perm in OPENED if perm not in held]
    if refused and chance.random() < 0.02:
        perm = chance.choice(refused)
        yield _line(facility, user, at, patient_id=patient_id, data_class=perm, outcome=DENIED, code="role")


def _strange(
    facility: Facility, user: User, at: datetime, chance: Random, known: list[Period], people: list[Period]
) -> Iterator[AccessEvent]:
    """An attempt at the chart of somebody to whom the person has no relation."""
    mine = {period[0] for period in known}
    others = [period[0] for period in people if period[0] not in mine and _covers(period, at)]
    if others:
        given = {"patient_id": chance.choice(others), "data_class": Perm.NAME_VIEW, "code": "relation"}
        yield _line(facility, user, at, outcome=DENIED, **given)


def _behind_glass(access: EmergencyAccess) -> Iterator[AccessEvent]:
    """What was opened in the first minutes of an emergency access."""
    opened = sorted(BREAK_GLASS[Role(access.role)])[:4]
    for minutes, perm in enumerate([Perm.NAME_VIEW, *opened], start=1):
        at, given = access.starts_at + timedelta(minutes=minutes), {"patient_id": access.patient_id, "code": GLASS}
        yield _line(access.facility, access.user, at, data_class=perm, **given)


def _accesses(facility: Facility) -> list[EmergencyAccess]:
    return list(EmergencyAccess.objects.filter(facility=facility).select_related("user", "facility"))


def _needs_relation(role: str) -> bool:
    """Whether the role sees the names of its own people alone."""
    return Perm.NAME_VIEW not in held_by(role, set())


def _belonging(facility: Facility) -> list[Period]:
    restricted = Patient.objects.filter(restrictions__kind="chart").values("pk")
    rows = PatientFacility.objects.filter(facility=facility).exclude(patient__in=restricted)
    return list(rows.values_list("patient_id", "patient__created_at", "ends_at"))


def _teams(facility: Facility) -> dict[int, list[Period]]:
    """Whose team a person is on, from when until when."""
    found: dict[int, list[Period]] = defaultdict(list)
    for row in CareTeamMember.objects.filter(facility=facility):
        found[row.user_id].append((row.patient_id, row.starts_at, row.ends_at))
    return found


def _covers(period: Period, at: datetime) -> bool:
    return period[1] <= at and (period[2] is None or at < period[2])


def _line(facility: Facility, user: User, at: datetime, **what: Any) -> AccessEvent:
    return AccessEvent(at=at, user_id=user.pk, facility_id=facility.pk, **({"action": Action.VIEW} | what))
