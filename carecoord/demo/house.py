"""The invented facilities: rooms, people who work there, what can be booked, and when."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from accounts import services as accounts
from accounts.models import Facility, Location, User
from accounts.roles import Role
from activities.models import Program
from carecoord.demo.people import Inventor
from core import audit
from core.text import search_key
from episodes.models import EpisodeStep
from scheduling.models import AppointmentType, AvailabilityRule, ReminderRule
from staff.models import Credential, PartnerOrganization, Practitioner, PractitionerRole

REASON = "demo"


@dataclass
class House:
    """A facility with what its stories need."""

    facility: Facility
    inventor: Inventor
    staff: dict[str, list[User]] = field(default_factory=lambda: defaultdict(list))
    practitioners: list[Practitioner] = field(default_factory=list)
    rooms: list[Location] = field(default_factory=list)
    studio: Location | None = None
    types: dict[str, AppointmentType] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)
    partners: list[PartnerOrganization] = field(default_factory=list)

    def someone(self, role: str) -> User:
        return self.inventor.random.choice(self.staff[role])

    @property
    def physicians(self) -> list[Practitioner]:
        return [row for row in self.practitioners if row.kind == Practitioner.Kind.PHYSICIAN]


MAIN_STAFF = {
    Role.CLINICAL_COORDINATOR: 1, Role.INTAKE: 3, Role.PATIENT_CARE: 5, Role.TREATMENT: 3, Role.ACTIVITIES: 3,
    Role.PHYSICIAN_SERVICES: 1, Role.CLERK: 2, Role.PRIVACY_OFFICER: 1, Role.TECHNICAL: 1,
}  # fmt: skip
MAIN_CLINICIANS = [
    ("physician", "MD"), ("physician", "MD"), ("physician", "DO"), ("physician", "MD"), ("nurse-practitioner", "NP"),
    ("nurse-practitioner", "NP"), ("nurse", "RN"), ("counselor", "LCSW"), ("counselor", "LCSW"), ("counselor", "CASAC"),
]  # fmt: skip
SMALL_STAFF = {
    Role.INTAKE: 1, Role.PATIENT_CARE: 1, Role.TREATMENT: 1, Role.ACTIVITIES: 1, Role.PHYSICIAN_SERVICES: 1,
    Role.CLERK: 1,
}  # fmt: skip
SMALL_CLINICIANS = [("physician", "MD"), ("counselor", "LCSW")]


def main_house(inventor: Inventor, today: date) -> House:
    """A facility in full swing: 30 people on the staff."""
    facility = Facility(code="harbor", name="Harbor House Recovery Center", time_zone="America/New_York")
    facility.line, facility.city, facility.state, facility.postal_code = "240 Mill Lane", "Ashford", "NY", "00000"
    facility.phone = facility.neutral_phone = "(212) 555-0142"
    facility.neutral_place = "240 Mill Lane, Ashford, second floor"
    return _furnish(facility, inventor, today, MAIN_STAFF, MAIN_CLINICIANS, rooms=6, beds=12)


def small_house(inventor: Inventor, today: date) -> House:
    facility = Facility(code="willow", name="Willow Creek Clinic", time_zone="America/Chicago")
    facility.line, facility.city, facility.state, facility.postal_code = "18 Chapel Street", "Millbrook", "WI", "00000"
    facility.phone = facility.neutral_phone = "(608) 555-0117"
    facility.neutral_place = "18 Chapel Street, Millbrook"
    return _furnish(facility, inventor, today, SMALL_STAFF, SMALL_CLINICIANS, rooms=2, beds=0)


def _furnish(
    facility: Facility,
    inventor: Inventor,
    today: date,
    staff: dict[Role, int],
    clinicians: list[tuple[str, str]],
    *,
    rooms: int,
    beds: int,
) -> House:
    facility.is_demo = True
    house = House(_save(facility), inventor)
    house.rooms = [
        _location(house, Location.Kind.ROOM, f"Room {n}", seats=14 if n == 1 else 4) for n in range(1, rooms + 1)
    ]
    house.studio = _location(house, Location.Kind.ROOM, "Studio", seats=16)
    for n in range(1, beds + 1):
        _location(house, Location.Kind.BED, f"Bed {n}")
    for role, number in staff.items():
        for _ in range(number):
            house.staff[role].append(_hire(house, role))
    for n, (kind, suffix) in enumerate(clinicians):
        _add_clinician(house, kind, suffix, n, today)
    _add_types(house)
    _add_rules(house)
    _add_programs(house)
    _add_partners(house)
    return house


def _save(row: Any) -> Any:
    return audit.save(row, by=None, reason=REASON)


def _location(house: House, kind: str, name: str, **fields: Any) -> Location:
    return _save(Location(facility=house.facility, kind=kind, name=name, **fields))


def _hire(house: House, role: Role, suffix: str = "") -> User:
    given, family = house.inventor.name(house.inventor.random.choice(["female", "male"]))
    email = f"{search_key(given)}.{search_key(family).replace(' ', '')}@{house.facility.code}.example.org"
    user = User.objects.create_user(email, given_name=given, family_name=family, suffix=suffix)
    accounts.begin_membership(user=user, facility=house.facility, role=role, by=None, reason=REASON)
    return user


def _add_clinician(house: House, kind: str, suffix: str, n: int, today: date) -> None:
    user = _hire(house, Role.CLINICIAN, suffix)
    house.staff[Role.CLINICIAN].append(user)
    row = Practitioner(user=user, given_name=user.given_name, family_name=user.family_name, suffix=suffix, kind=kind)
    row.specialty = "Addiction medicine" if kind == "physician" else ""
    row.email, row.phone = user.email, house.inventor.phone()
    house.practitioners.append(_save(row))
    _save(PractitionerRole(practitioner=row, facility=house.facility, title=row.get_kind_display()))
    _add_credentials(row, house.facility.state, n, today)
    for weekday in range(7) if n in {0, 7} else range(5):
        for starts, ends in ((time(8, 30), time(12)), (time(13), time(17, 30))):
            hours = AvailabilityRule(practitioner=row, facility=house.facility, weekday=weekday, starts=starts)
            hours.ends, hours.valid_from = ends, today - timedelta(days=365)
            _save(hours)


# Days until the license ends: one has lapsed, three are on the way.
LICENSE_ENDS = [540, 820, 25, -6, 410, 55, 300, 620, 84, 200]


def _add_credentials(row: Practitioner, state: str, n: int, today: date) -> None:
    ends = today + timedelta(days=LICENSE_ENDS[n % len(LICENSE_ENDS)])
    wanted = [(Credential.Kind.LICENSE, state, ends), (Credential.Kind.BLS, "", today + timedelta(days=130 + 40 * n))]
    if row.kind in {"physician", "nurse-practitioner"}:
        wanted.append((Credential.Kind.DEA, "", today + timedelta(days=380 + 30 * n)))
    for kind, where, until in wanted:
        paper = Credential(practitioner=row, kind=kind, state=where, expires_on=until)
        paper.issued_on, paper.number = until - timedelta(days=1095), f"DEMO-{kind.value[:3].upper()}-{row.pk:04}"
        paper.status, paper.verified_on = Credential.Status.VALIDATED, today - timedelta(days=60)
        paper.verified_source = "State board, online register"
        _save(paper)


def _add_types(house: House) -> None:
    physician, counselor = Practitioner.Kind.PHYSICIAN, Practitioner.Kind.COUNSELOR
    accepted, licence = EpisodeStep.Kind.OPTION_ACCEPTED, Credential.Kind.LICENSE
    rows = [
        ("physician-visit", "Physician visit", 30, 10, "57", physician, licence, accepted, "info", False),
        ("assessment", "Physician assessment", 45, 15, "57", physician, licence, "", "primary", False),
        ("counseling", "Individual counseling", 50, 10, "57", counselor, licence, "", "success", False),
        ("video", "Counseling by video", 50, 10, "10", counselor, licence, "", "success", False),
        ("group", "Group session", 60, 0, "57", "", "", "", "warning", True),
    ]
    for code, name, minutes, pause, place, kind, credential, step, tone, is_group in rows:
        row = AppointmentType(facility=house.facility, code=code, name=name, minutes=minutes, buffer_minutes=pause)
        row.place_of_service, row.practitioner_kind, row.required_credential = place, kind, credential
        row.required_steps, row.tone, row.is_group = [step] if step else [], tone, is_group
        house.types[code] = _save(row)


def _add_rules(house: House) -> None:
    """A week, two days and three hours before, the last only for what was booked long before.

    So a visit booked for tomorrow is reminded of at once, and the mailbox is soon not empty.
    """
    for days, hours, notice in ((7, 0, 0), (2, 0, 0), (0, 3, 72)):
        rule = ReminderRule(facility=house.facility, days_before=days, hours_before=hours, booked_hours_before=notice)
        _save(rule)


PROGRAMS = [
    ("Open studio", "art", "Drawing and clay, no skill asked for."),
    ("Sound circle", "music", "Rhythm and voice in a group."),
    ("Morning movement", "exercise", "Stretching and walking at one's own pace."),
    ("Kitchen table", "life-skills", "Cooking, shopping and keeping a budget."),
    ("Peer circle", "peer", "Talking with people who have been there."),
]


def _add_programs(house: House) -> None:
    leaders = [_therapist(house, user) for user in house.staff[Role.ACTIVITIES]]
    for n, (name, modality, aims) in enumerate(PROGRAMS[: 5 if len(leaders) > 1 else 2]):
        row = Program(
            facility=house.facility, name=name, modality=modality, aims=aims, leader=leaders[n % len(leaders)]
        )
        row.precautions = "Not on a day of dizziness." if modality == "exercise" else ""
        house.programs.append(_save(row))


def _therapist(house: House, user: User) -> Practitioner:
    row = Practitioner(user=user, given_name=user.given_name, family_name=user.family_name)
    row.kind, row.email = Practitioner.Kind.THERAPIST, user.email
    _save(row)
    _save(PractitionerRole(practitioner=row, facility=house.facility, title="Activity therapist"))
    return row


PARTNERS = [
    ("Ashford General Hospital", "hospital"), ("Millbrook Family Clinic", "clinic"),
    ("County Treatment Court", "court"), ("Northgate Shelter", "housing"),
    ("Valley Works", "employer"), ("Saturday Steps Group", "self-help"),
]  # fmt: skip


def _add_partners(house: House) -> None:
    for name, kind in PARTNERS:
        known = PartnerOrganization.objects.filter(name=name).first()
        row = known or _save(PartnerOrganization(name=name, kind=kind, phone=house.inventor.phone(), city="Ashford"))
        house.partners.append(row)
