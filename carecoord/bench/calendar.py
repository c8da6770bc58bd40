"""Figures 4 and 10: the day board, and free times."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Facility, Membership, User
from accounts.roles import Role
from carecoord.bench.rounds import Cost, cost
from carecoord.bench.scene import DOCTORS, Scene
from carecoord.bench.server import Server, spent_here
from carecoord.demo.bulk import REASON
from core import audit
from patients.models import Patient, PatientFacility
from scheduling.models import Appointment, AppointmentParticipant, AppointmentType, AvailabilityRule
from scheduling.selectors import free_slots
from staff.models import Practitioner, PractitionerRole

CLINICIANS, ROWS = 10, 50
WEEKS, FIRST = 4, 3
QUARTER = timedelta(minutes=15)


def day_board(server: Server, scene: Scene, unit: Callable[[], int]) -> tuple[Cost, dict[int, int]]:
    """Figure 4: the day of ten clinicians with fifty rows, for the treatment coordinator; and its queries by rows."""
    viewer, days = _board_facility(scene)
    booker_cookie = server.cookie
    server.sign_in(viewer)
    address = {rows: f"{reverse('scheduling:day')}?day={day}" for rows, day in days.items()}
    mine = server.cookie
    found = cost(server, _as(server, booker_cookie, unit), _as(server, mine, lambda: server.ask(address[ROWS])))
    server.cookie = booker_cookie
    return found, {rows: _queries(mine, address[rows]) for rows in (10, 200)}


def free_times(scene: Scene) -> dict[str, float]:
    """Figure 10: the first three free times of fifty clinicians in four weeks, one query against a sweep in Python.

    Both asked by turns; processor milliseconds of this process and its database connection.
    """
    by_query: list[float] = []
    by_sweep: list[float] = []
    for _ in range(9):
        before = spent_here()
        slots = _query(scene)
        between = spent_here()
        swept = sweep(scene)
        by_query.append(between - before)
        by_sweep.append(spent_here() - between)
        if [(slot.practitioner.pk, slot.starts_at) for slot in slots] != swept:
            raise AssertionError("The query and the sweep found different times.")
    return {"query_ms": median(by_query), "sweep_ms": median(by_sweep), "ratio": median(by_query) / median(by_sweep)}


def sweep(scene: Scene) -> list[tuple[int, datetime]]:
    """The same in Python: read all hours and all that is booked, and walk over the quarter hours."""
    first = scene.moment(1, 0).replace(hour=0)
    last = first + timedelta(weeks=WEEKS)
    length = timedelta(minutes=scene.kind.minutes)
    ids = [doctor.pk for doctor in scene.doctors]
    hours: dict[int, list[AvailabilityRule]] = {}
    for rule in AvailabilityRule.objects.filter(practitioner__in=ids, facility=scene.facility):
        hours.setdefault(rule.practitioner_id, []).append(rule)
    busy: dict[int, list[tuple[datetime, datetime]]] = {}
    taken = AppointmentParticipant.objects.filter(
        practitioner__in=ids, active=True, during__overlap=(first, last)
    ).order_by("during")
    for who, during in taken.values_list("practitioner_id", "during"):
        busy.setdefault(who, []).append((during.lower, during.upper))
    found = []
    for who in ids:
        found += _walk(scene, who, hours.get(who, []), busy.get(who, []), first, length)
    return sorted(found, key=lambda row: (row[1], row[0]))


def _walk(
    scene: Scene, who: int, rules: list[AvailabilityRule], busy: list[tuple[datetime, datetime]], first: datetime,
    length: timedelta,
) -> list[tuple[int, datetime]]:  # fmt: skip
    """The gaps between what is booked, one after the other through the hours, until three starts are found."""
    found: list[tuple[int, datetime]] = []
    place = 0
    for offset in range(WEEKS * 7):
        day = (first + timedelta(days=offset)).date()
        for rule in sorted((r for r in rules if r.weekday == day.weekday()), key=lambda r: r.starts):
            # In UTC, as the rows are: comparing times of two zones takes five times as long.
            at = datetime.combine(day, rule.starts, scene.facility.tz).astimezone(UTC)
            ends = datetime.combine(day, rule.ends, scene.facility.tz).astimezone(UTC)
            while place < len(busy) and busy[place][1] <= at:
                place += 1
            while at < ends:
                starts, stops = busy[place] if place < len(busy) else (ends, ends)
                while at + length <= min(starts, ends):
                    found.append((who, at))
                    if len(found) == FIRST:
                        return found
                    at += QUARTER
                at = max(at, stops)
                place += stops < ends
    return found


def _query(scene: Scene) -> list:
    return free_slots(
        practitioners=scene.doctors, type=scene.kind, facility=scene.facility, from_day=scene.moment(1, 0).date(),
        days=WEEKS * 7, limit=FIRST,
    )  # fmt: skip


def fill(scene: Scene) -> None:
    """Four weeks of the fifty clinicians booked but for the last days, so that there is something to look through."""
    if AppointmentParticipant.objects.filter(practitioner=scene.doctors[0], active=True).exists():
        return
    rows = []
    for number in range(DOCTORS):
        for day in range(1, WEEKS * 7 - 3):
            rows += [(number, scene.moment(day, half_hour)) for half_hour in range(20)]
    _write(scene, rows)


def _write(scene: Scene, rows: list[tuple[int, datetime]]) -> None:
    """By bulk, without history: rows to look through, never looked at."""
    visits = []
    for number, starts_at in rows:
        row = Appointment(facility=scene.facility, type=scene.kind, practitioner=scene.doctors[number])
        row.set_time(starts_at, starts_at + timedelta(minutes=30), scene.facility.tz)
        visits.append(row)
    Appointment.objects.bulk_create(visits, batch_size=2000)
    AppointmentParticipant.objects.bulk_create(
        [
            AppointmentParticipant(
                appointment=row, practitioner_id=row.practitioner_id, during=(row.starts_at, row.ends_at)
            )
            for row in visits
        ],
        batch_size=2000,
    )


def _board_facility(scene: Scene) -> tuple[User, dict[int, str]]:
    """A facility of ten clinicians with a day of 10, of 50 and of 200 rows; who looks at it; rows → the day."""
    days = {rows: f"{scene.moment(500 + rows, 0).date()}" for rows in (10, ROWS, 200)}
    known = Facility.objects.filter(code="bench-board").first()
    if known:
        return User.objects.get(email="board@bulk.example.org"), days
    facility = _saved(Facility(code="bench-board", name="Board House", is_demo=True))
    viewer = User.objects.create_user("board@bulk.example.org", given_name="Board", family_name="Bulk")
    _saved(Membership(user=viewer, facility=facility, role=Role.TREATMENT))
    kind = _saved(AppointmentType(facility=facility, code="visit", name="Visit", minutes=20))
    doctors = [_saved(Practitioner(given_name=f"{n}", family_name="Board")) for n in range(CLINICIANS)]
    for doctor in doctors:
        _saved(PractitionerRole(practitioner=doctor, facility=facility))
    people = Patient.objects.filter(record_number__startswith="BULK-").order_by("-pk")[:200]
    PatientFacility.objects.bulk_create([PatientFacility(patient=person, facility=facility) for person in people])
    for rows in days:
        _board_day(facility, kind, doctors, list(people)[:rows], scene.moment(500 + rows, 0))
    return viewer, days


def _board_day(
    facility: Facility, kind: AppointmentType, doctors: list[Practitioner], people: list[Patient], morning: datetime
) -> None:
    visits = []
    for number, person in enumerate(people):
        row = Appointment(facility=facility, type=kind, patient=person, practitioner=doctors[number % CLINICIANS])
        starts_at = morning + timedelta(minutes=number // CLINICIANS * 30)
        row.set_time(starts_at, starts_at + timedelta(minutes=20), facility.tz)
        visits.append(row)
    Appointment.objects.bulk_create(visits)


def _queries(cookie: str, address: str) -> int:
    client = Client(SERVER_NAME="localhost")
    client.cookies.load(cookie)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def _as(server: Server, cookie: str, call: Callable[[], int]) -> Callable[[], int]:
    def asked() -> int:
        server.cookie = cookie
        return call()

    return asked


def _saved(row):
    return audit.save(row, by=None, reason=REASON)
