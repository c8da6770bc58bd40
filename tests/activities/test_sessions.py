"""Planning, roster, attendance, notes, signature."""

from datetime import time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from activities import services
from activities.models import Attendance, ParticipationNote, Session
from core.errors import Conflict, DomainError
from scheduling.models import Appointment
from tests import factories
from tests.activities import scene

pytestmark = pytest.mark.django_db
Status = Attendance.Status


def after(session):
    return time_machine.travel(session.appointment.ends_at + timedelta(minutes=5), tick=False)


def written(session, desk):
    """Everybody present, a line and a shared note."""
    scene.mark_all(session, desk)
    lines = {row.pk: services.Line("Painted a boat") for row in session.attendances.all()}
    services.save_notes(session=session, shared_note="We painted.", lines=lines, by=desk)


def test_a_planned_session_seats_the_enrolled(session, patient, desk):
    assert session.attendances.get().status == Status.EXPECTED
    assert session.appointment.participants.filter(patient=patient, active=True).exists()
    assert session.history.get().history_user == desk


def test_nobody_is_in_two_groups_at_once(session, patient, desk, facility):
    other = scene.program(facility, by=desk, name="Choir")
    scene.enrol(other, patient, desk)
    row = scene.session(other, desk)
    assert not row.attendances.exists()
    with pytest.raises(DomainError, match="another appointment at that time"):
        services.add_to_roster(session=row, patient=patient, by=desk)
    assert not row.attendances.exists()


def test_a_series_is_planned_as_a_whole_or_not_at_all(program, desk, facility):
    leader = scene.leader(facility)
    scene.session(program, desk, days=15, with_=leader)
    common = {"starts": time(10), "ends": time(11), "leader": leader, "location": None, "by": desk}
    with pytest.raises(DomainError, match="is booked at that time. Nothing was planned") as refusal:
        services.plan_sessions(program=program, day=scene.day(facility), weeks=3, **common)
    assert f"{scene.day(facility, 15):%a}" in refusal.value.message
    assert Session.objects.count() == 1
    assert len(services.plan_sessions(program=program, day=scene.day(facility, 2), weeks=3, **common)) == 3


def test_a_session_has_no_more_people_than_places(facility, desk):
    small = scene.program(facility, by=desk, name="Pottery", capacity=1)
    scene.crowd(small, desk, 1)
    row = scene.session(small, desk)
    with pytest.raises(DomainError, match="places of this session are taken"):
        services.add_to_roster(session=row, patient=factories.patient(facility), by=desk)


def test_leaving_the_roster_frees_the_seat_and_touches_no_note(session, patient, desk):
    row = session.attendances.get()
    services.save_notes(session=session, shared_note="", lines={row.pk: services.Line("Looks forward")}, by=desk)
    note = ParticipationNote.objects.get()
    services.remove_from_roster(attendance=row, by=desk)
    row.refresh_from_db()
    assert row.status == Status.EXCUSED
    assert not session.appointment.participants.filter(patient=patient, active=True).exists()
    services.add_to_roster(session=session, patient=patient, by=desk)
    row.refresh_from_db()
    assert row.status == Status.EXPECTED
    again = ParticipationNote.objects.get()
    assert (again.text, again.version, again.attendance_id) == (note.text, note.version, row.pk)


def test_attendance_is_recorded_with_minutes_and_author(session, desk):
    row = session.attendances.get()
    with pytest.raises(DomainError, match="half an hour before"):
        scene.mark_all(session, desk)
    with after(session):
        assert services.record_attendance(session=session, marks={row.pk: services.Mark("late", 40)}, by=desk) == 1
        row.refresh_from_db()
        assert (row.status, row.minutes, row.recorded_by) == ("late", 40, desk)
        services.record_attendance(session=session, marks={row.pk: services.Mark("absent", 60)}, by=desk)
        row.refresh_from_db()
        assert row.minutes == 0
        scene.mark_all(session, desk)
    row.refresh_from_db()
    assert row.minutes == 60


def test_two_leaders_at_once_lose_nothing(session, desk):
    row = session.attendances.get()
    seen = row.version
    with after(session):
        services.record_attendance(session=session, marks={row.pk: services.Mark("absent", seen=seen)}, by=desk)
        with pytest.raises(Conflict):
            services.record_attendance(session=session, marks={row.pk: services.Mark("present", seen=seen)}, by=desk)
        services.save_notes(session=session, shared_note="Mine", lines={}, seen=session.version, by=desk)
        with pytest.raises(Conflict):
            services.save_notes(session=session, shared_note="Theirs", lines={}, seen=session.version, by=desk)
        # Who left the note as it was shown keeps nobody from having written it.
        assert services.save_notes(session=session, shared_note="", lines={}, seen=session.version, by=desk) == 0
    session.refresh_from_db()
    row.refresh_from_db()
    assert (session.shared_note, row.status) == ("Mine", "absent")


def test_a_session_is_signed_when_everything_is_there(session, desk):
    with pytest.raises(DomainError, match="not begun"):
        services.sign_session(session=session, by=desk)
    with after(session):
        with pytest.raises(DomainError, match="1 person has no attendance mark"):
            services.sign_session(session=session, by=desk)
        scene.mark_all(session, desk)
        with pytest.raises(DomainError, match="shared note"):
            services.sign_session(session=session, by=desk)
        written(session, desk)
        row = services.sign_session(session=session, by=desk)
    assert row.note_signed_by == desk
    assert ParticipationNote.objects.get().signed_at == row.note_signed_at
    assert Appointment.objects.get(pk=row.appointment_id).status == Appointment.Status.FULFILLED


def test_signed_is_final(session, desk, patient):
    with after(session):
        written(session, desk)
        services.sign_session(session=session, by=desk)
        row = session.attendances.get()
        for change in (
            lambda: scene.mark_all(session, desk, "absent"),
            lambda: services.save_notes(session=session, shared_note="Other", lines={}, by=desk),
            lambda: services.remove_from_roster(attendance=row, by=desk),
            lambda: services.add_to_roster(session=session, patient=patient, by=desk),
            lambda: services.sign_session(session=session, by=desk),
        ):
            with pytest.raises(DomainError, match="addendum in the person’s chart"):
                change()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE activities_session SET shared_note = 'x'",
        "UPDATE activities_session SET note_signed_at = NULL, note_signed_by_id = NULL",
        "UPDATE activities_participationnote SET text = 'x'",
        "UPDATE activities_attendance SET status = 'absent'",
        "DELETE FROM activities_participationnote",
        "DELETE FROM activities_session",
    ],
)
def test_signed_is_final_to_sql_too(session, desk, sql):
    with after(session):
        written(session, desk)
        services.sign_session(session=session, by=desk)
    with pytest.raises(IntegrityError, match="a signed session is final"), transaction.atomic():
        connection.cursor().execute(sql)


def test_a_cancelled_session_frees_everybody(session, patient, desk):
    with pytest.raises(DomainError, match="Say why"):
        services.cancel_session(session=session, reason=" ", by=desk)
    services.cancel_session(session=session, reason="The leader is ill", by=desk)
    assert not session.appointment.participants.filter(active=True).exists()
    with pytest.raises(DomainError, match="cancelled"):
        services.add_to_roster(session=session, patient=patient, by=desk)
