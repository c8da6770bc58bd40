"""Who takes part: places, the desk's grant, coming seats."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.http import Http404

from accounts.roles import Perm, Role
from activities import services
from activities.models import Attendance, Enrolment
from core.errors import DomainError
from patients.access import get_patient
from tests import factories
from tests.activities import scene

pytestmark = pytest.mark.django_db


def test_enrolling_opens_the_chart_to_the_desk_and_ending_closes_it(program, patient, desk):
    with pytest.raises(Http404):
        get_patient(desk, patient.uuid, Perm.ACTIVITY_EDIT)
    row = scene.enrol(program, patient, desk)
    assert get_patient(desk, patient.uuid, Perm.ACTIVITY_EDIT) == patient
    services.end_enrolment(enrolment=row, by=desk)
    with pytest.raises(Http404):
        get_patient(desk, patient.uuid, Perm.ACTIVITY_EDIT)


def test_the_grant_stays_while_another_enrolment_is_live(program, patient, desk, facility):
    first = scene.enrol(program, patient, desk)
    scene.enrol(scene.program(facility, by=desk, name="Choir"), patient, desk)
    services.end_enrolment(enrolment=first, by=desk)
    assert get_patient(desk, patient.uuid, Perm.ACTIVITY_EDIT) == patient


def test_a_full_program_takes_nobody(facility, patient, desk):
    small = scene.program(facility, by=desk, name="Pottery", capacity=2)
    scene.crowd(small, desk, 2)
    with pytest.raises(DomainError, match="All 2 places of Pottery are taken"):
        scene.enrol(small, patient, desk)


def test_nobody_is_enrolled_twice_and_the_history_knows_who_did_it(program, patient, desk):
    row = scene.enrol(program, patient, desk)
    assert row.history.get().history_user == desk
    with pytest.raises(DomainError, match="enrolled in the program already"):
        scene.enrol(program, patient, desk)


def test_people_of_another_house_cannot_be_enrolled(program, desk, other_facility):
    with pytest.raises(DomainError, match="does not belong"):
        scene.enrol(program, factories.patient(other_facility), desk)


def test_who_enrolls_later_gets_seats_in_coming_sessions_and_gives_them_back(session, program, desk, facility):
    late = factories.patient(facility, given_name="Late")
    row = scene.enrol(program, late, desk)
    assert session.attendances.get(patient=late).status == Attendance.Status.EXPECTED
    services.end_enrolment(enrolment=row, by=desk)
    assert session.attendances.get(patient=late).status == Attendance.Status.EXCUSED
    assert not session.appointment.participants.filter(patient=late, active=True).exists()


def test_capacity_cannot_fall_below_the_enrolled(program, desk):
    scene.crowd(program, desk, 3)
    program.capacity = 2
    with pytest.raises(DomainError, match="3 people are enrolled"):
        services.save_program(program=program, by=desk)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_for_the_last_place(facility):
    desk = factories.person(Role.ACTIVITIES, facility)
    program = scene.program(facility, by=desk, capacity=1)
    people, gate = [factories.patient(facility) for _ in range(2)], Barrier(2)

    def run(person):
        try:
            gate.wait(timeout=60)
            scene.enrol(program, person, desk)
            return "enrolled"
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, people)) == ["enrolled", "program.full"]
    assert Enrolment.objects.count() == 1
