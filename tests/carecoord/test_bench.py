"""What the benchmark rests on: its arithmetic, and rows by SQL that are as good as booked ones."""

import pytest
from django.utils import timezone

from accounts.models import AccessEvent
from carecoord.audit.unseen import unseen_writes
from carecoord.bench import auditing, watching
from carecoord.bench.rounds import Cost, exponent
from carecoord.bench.scene import Scene
from carecoord.demo.bulk import add_appointments, add_people
from scheduling.models import Appointment, AppointmentParticipant
from tests import factories
from tests.scheduling import stage


def test_an_unsteady_unit_tells_nothing():
    assert Cost(page=9.0, unit=3.0, drift=0.16).ratio is None
    assert Cost(page=9.0, unit=3.0, drift=0.14).ratio == 3


def test_the_exponent_of_growth():
    assert exponent([1_000, 100_000], [2.0, 2.0]) == 0
    assert round(exponent([1_000, 100_000], [1.0, 100.0]), 6) == 1


@pytest.fixture
def harbor(db):
    facility = factories.FacilityFactory(code="harbor", is_demo=True)
    stage.visit_type(facility, code="counseling")
    return facility


def test_people_and_past_visits_by_sql_are_guarded_and_have_history(harbor):
    add_people(facility=harbor, number=60)
    add_appointments(facility=harbor, number=130)
    add_appointments(facility=harbor, number=70)
    visits = Appointment.objects.filter(facility=harbor)
    assert visits.count() == 60 + 200
    assert Appointment.history.count() == 60 + 200
    held = AppointmentParticipant.objects.filter(appointment__in=visits)
    missed = visits.filter(status="noshow").count()
    assert held.filter(patient__isnull=False).count() == 260 - missed
    assert held.filter(practitioner__isnull=False).count() == 260 - missed
    assert {(visit.wall_time, visit.time_zone) for visit in visits} == {
        (visit.starts_at.astimezone(harbor.tz).time(), harbor.time_zone) for visit in visits
    }


def test_visits_need_people(harbor):
    with pytest.raises(LookupError):
        add_appointments(facility=harbor, number=1)


def test_visits_of_people_by_sql_begin_a_hundred_days_ago(harbor):
    add_people(facility=harbor, number=40)
    add_people(facility=harbor, number=40)
    ago = [(timezone.now() - visit.starts_at).days for visit in Appointment.objects.filter(facility=harbor)]
    assert (min(ago), max(ago)) in {(99, 99), (99, 100), (100, 100)}


def test_the_witness_sees_seven_ways_to_write_and_the_cost_of_a_save_is_told(harbor):
    booker = factories.person("treatment", harbor)
    scene = Scene(harbor, booker, [], None, [factories.patient(harbor) for _ in range(3)])
    saves = auditing.audited_save(scene)
    assert saves["audited"] > saves["plain"] > 0
    assert auditing.ways_seen(scene) == 7
    assert list(unseen_writes()) == []


def test_the_reports_of_the_read_log_are_measured_over_lines_of_everybody(harbor):
    booker, _ = factories.person("treatment", harbor), factories.person("privacy", harbor)
    scene = Scene(harbor, booker, [], None, [factories.patient(harbor) for _ in range(3)])
    found = watching.reports(scene, lines=40)
    assert found["lines"] == 40
    assert min(found.values()) > 0
    assert AccessEvent.objects.filter(user_id=booker.pk, patient_id=scene.patients[0].pk).exists()
