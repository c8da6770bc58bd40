"""Book, move, cancel, and what happens on the day."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.roles import Perm, Role
from core.errors import DomainError
from episodes.models import Task
from patients.access import permissions
from scheduling import services
from scheduling.models import Appointment, AppointmentParticipant, FreedTime, Reminder, WaitlistEntry
from staff.models import Credential
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


def steps(episode):
    return set(episode.steps.filter(withdrawn_at__isnull=True).values_list("kind", flat=True))


def taken(appointment):
    return appointment.participants.filter(active=True).count()


def test_a_booking_takes_patient_practitioner_and_room_with_the_pause_after_it(
    patient, physician, facility, room, booker
):
    kind = stage.visit_type(facility, minutes=45, buffer_minutes=15)
    visit = stage.visit(patient, physician, kind, by=booker, starts_at=stage.at(2, facility=facility), location=room)
    assert visit.ends_at - visit.starts_at == timedelta(minutes=45)
    during = [part.during for part in visit.participants.all()]
    assert len(during) == 3
    assert {span.upper - span.lower for span in during} == {timedelta(minutes=60)}
    assert visit.history.first().history_user == booker


def test_a_physician_visit_is_a_step_and_the_next_of_the_treatment_desk(visit, episode):
    episode.refresh_from_db()
    assert "visit-booked" in steps(episode)
    assert episode.next_step == "See the physician visit through"
    assert episode.due_at == visit.ends_at


def test_another_desks_next_step_is_left_alone(patient, facility, physician, visit_type, booker):
    intake = factories.person(Role.INTAKE, facility)
    episode = factories.episode(patient, facility, by=intake, role=Role.INTAKE)
    stage.visit(patient, physician, visit_type, by=booker, starts_at=stage.at(2, facility=facility))
    episode.refresh_from_db()
    assert episode.next_step == "Interview"


def test_the_booked_clinician_may_read_the_chart_until_30_days_after(visit, physician, patient, booker):
    assert Perm.ASSESSMENT_VIEW in permissions(physician.user, patient)
    assert patient.grants.get(user=physician.user).until == visit.ends_at + timedelta(days=30)
    services.cancel_appointment(appointment=visit, reason="Asked to", by=booker)
    assert permissions(physician.user, patient) == frozenset()


@pytest.mark.parametrize(
    ("other", "sentence"),
    [("practitioner", "is booked at that time"), ("room", "is taken at that time"), ("patient", "another appointment")],
)
def test_nobody_and_nothing_is_booked_twice(other, sentence, visit, facility, visit_type, booker, room):
    second = factories.practitioner(facility, family_name="Second")
    stage.hours(second, facility)
    taken_by = {"patient": factories.patient(facility), "practitioner": second, "location": None}
    taken_by |= {
        "practitioner": {"practitioner": visit.practitioner},
        "room": {"location": room},
        "patient": {"patient": visit.patient},
    }[other]
    with pytest.raises(DomainError, match=sentence):
        services.book_appointment(
            type=visit_type, starts_at=visit.starts_at + timedelta(minutes=15), by=booker, **taken_by
        )
    assert Appointment.objects.count() == 1


def test_the_pause_after_a_visit_is_taken_too(patient, facility, physician, booker):
    kind = stage.visit_type(facility, minutes=30, buffer_minutes=15)
    start = stage.at(2, facility=facility)
    stage.visit(patient, physician, kind, by=booker, starts_at=start)
    other = factories.patient(facility)
    with pytest.raises(DomainError, match="booked"):
        stage.visit(other, physician, kind, by=booker, starts_at=start + timedelta(minutes=30))
    assert stage.visit(other, physician, kind, by=booker, starts_at=start + timedelta(minutes=45))


def test_a_lapsed_licence_refuses(patient, physician, visit_type, facility, booker):
    Credential.objects.update(expires_on=timezone.localdate() + timedelta(days=1))
    assert stage.visit(patient, physician, visit_type, by=booker, starts_at=stage.at(1, facility=facility))
    with pytest.raises(DomainError) as refusal:
        stage.visit(patient, physician, visit_type, by=booker, starts_at=stage.at(3, facility=facility))
    assert refusal.value.field == "practitioner"


def test_a_type_may_ask_for_a_step_first(patient, episode, physician, facility, booker):
    kind = stage.visit_type(facility, required_steps=["option-accepted"])
    with pytest.raises(DomainError, match="option accepted and signed"):
        stage.visit(patient, physician, kind, by=booker, starts_at=stage.at(2, facility=facility))


def test_outside_the_hours_refuses(patient, facility, visit_type, booker):
    late = factories.practitioner(facility)
    with pytest.raises(DomainError, match="no hours"):
        stage.visit(patient, late, visit_type, by=booker, starts_at=stage.at(2, facility=facility))


def test_the_past_the_deceased_and_strangers_are_refused(
    patient, facility, other_facility, physician, visit_type, booker
):
    with pytest.raises(DomainError, match="future"):
        stage.visit(patient, physician, visit_type, by=booker, starts_at=timezone.now() - timedelta(minutes=1))
    stranger = factories.patient(other_facility)
    dead = factories.patient(facility, deceased=True)
    for person, sentence in ((stranger, "belong"), (dead, "died")):
        with pytest.raises(DomainError, match=sentence):
            stage.visit(person, physician, visit_type, by=booker, starts_at=stage.at(2, facility=facility))
    assert AppointmentParticipant.objects.count() == 0


def test_a_move_frees_the_old_time_and_asks_for_a_new_answer(visit, booker, facility, physician, visit_type, episode):
    stage.rule(facility)
    services.record_answer(appointment=visit, reply="accepted", via="phone", by=booker)
    assert "visit-confirmed" in steps(episode)
    old = visit.starts_at
    moved = services.move_appointment(appointment=visit, starts_at=stage.at(4, facility=facility), by=booker)
    assert (moved.schedule_version, moved.reply) == (2, "needs-action")
    assert "visit-confirmed" not in steps(episode)
    assert moved.reminders.get(status="due").schedule_version == 2
    assert taken(moved) == 3
    assert stage.visit(factories.patient(facility), physician, visit_type, by=booker, starts_at=old)


def test_a_move_onto_a_taken_time_changes_nothing(visit, booker, facility, physician, visit_type):
    other = stage.at(4, facility=facility)
    stage.visit(factories.patient(facility), physician, visit_type, by=booker, starts_at=other)
    with pytest.raises(DomainError, match="booked at that time"):
        services.move_appointment(appointment=visit, starts_at=other, by=booker)
    visit.refresh_from_db()
    assert (visit.schedule_version, taken(visit)) == (1, 3)


def test_a_move_by_a_few_minutes_does_not_meet_itself(visit, booker):
    later = visit.starts_at + timedelta(minutes=15)
    assert services.move_appointment(appointment=visit, starts_at=later, by=booker).starts_at == later


def test_a_cancelled_visit_stays_on_record_and_frees_the_time(visit, booker, episode, facility, physician, visit_type):
    services.cancel_appointment(appointment=visit, reason="Patient asked", by=booker)
    visit.refresh_from_db()
    episode.refresh_from_db()
    assert (visit.status, visit.cancel_reason, taken(visit)) == ("cancelled", "Patient asked", 0)
    assert "visit-booked" not in steps(episode)
    assert episode.next_step == "Book the physician visit"
    assert stage.visit(factories.patient(facility), physician, visit_type, by=booker, starts_at=visit.starts_at)


def test_a_cancellation_has_a_reason_and_happens_once(visit, booker):
    with pytest.raises(DomainError, match="why"):
        services.cancel_appointment(appointment=visit, reason=" ", by=booker)
    services.cancel_appointment(appointment=visit, reason="x", by=booker)
    with pytest.raises(DomainError, match="cancelled"):
        services.cancel_appointment(appointment=visit, reason="x", by=booker)


def test_the_day_runs_from_arrival_to_attendance(visit, booker, episode):
    with time_machine.travel(visit.starts_at):
        for status in ("arrived", "checked-in", "fulfilled"):
            services.set_status(appointment=visit, status=status, by=booker)
        services.set_status(appointment=visit, status="fulfilled", by=booker)
    episode.refresh_from_db()
    assert "visit-attended" in steps(episode)
    assert episode.next_step == "Submit the record to the clerk"
    assert not Reminder.objects.filter(status="due").exists()


def test_who_did_not_come_is_called_and_the_time_is_free(visit, booker):
    with pytest.raises(DomainError, match="not begun"):
        services.set_status(appointment=visit, status="noshow", by=booker)
    with time_machine.travel(visit.starts_at + timedelta(minutes=20)):
        services.set_status(appointment=visit, status="noshow", by=booker)
    assert taken(visit) == 0
    task = Task.objects.open().get(kind="visit-missed")
    assert (task.owner_role, task.focus) == (Role.TREATMENT, visit)


def test_a_status_follows_only_what_may_precede_it(visit, booker):
    with pytest.raises(DomainError, match="on the day"):
        services.set_status(appointment=visit, status="arrived", by=booker)
    with time_machine.travel(visit.ends_at):
        services.set_status(appointment=visit, status="fulfilled", by=booker)
        with pytest.raises(DomainError, match="cannot become"):
            services.set_status(appointment=visit, status="noshow", by=booker)


def test_a_seat_in_a_group_keeps_a_person_from_being_elsewhere(facility, physician, room, booker, patient, visit_type):
    group = services.book_group(
        type=stage.visit_type(facility, code="group", is_group=True), practitioner=physician, location=room,
        starts_at=stage.at(2, facility=facility), ends_at=stage.at(2, 15, facility=facility), facility=facility,
        by=booker,
    )  # fmt: skip
    seat = services.add_seat(appointment=group, patient=patient, by=booker)
    assert services.add_seat(appointment=group, patient=patient, by=booker) == seat
    second = factories.practitioner(facility)
    stage.hours(second, facility)
    start = stage.at(2, 14, 15, facility=facility)
    with pytest.raises(DomainError, match="another appointment"):
        stage.visit(patient, second, visit_type, by=booker, starts_at=start)
    services.remove_seat(appointment=group, patient=patient, by=booker)
    assert stage.visit(patient, second, visit_type, by=booker, starts_at=start)
    with pytest.raises(DomainError, match="another appointment"):
        services.add_seat(appointment=group, patient=patient, by=booker)


def test_a_time_that_comes_free_is_owed_to_the_waitlist(visit, booker, room):
    moved = services.move_appointment(appointment=visit, starts_at=visit.starts_at + timedelta(days=1), by=booker)
    services.cancel_appointment(appointment=moved, reason="Asked to", by=booker)
    owed = FreedTime.objects.order_by("pk").values_list("starts_at", "practitioner", "location")
    assert list(owed) == [
        (visit.starts_at, visit.practitioner_id, room.pk), (moved.starts_at, visit.practitioner_id, room.pk)
    ]  # fmt: skip


def test_who_gets_a_time_waits_no_more(patient, visit_type, facility, physician, booker):
    wish = WaitlistEntry(facility=facility, patient=patient, type=visit_type)
    services.add_to_waitlist(entry=wish, by=booker)
    stage.visit(patient, physician, visit_type, by=booker, starts_at=stage.at(2, facility=facility))
    wish.refresh_from_db()
    assert wish.status == "booked"
