"""Times kept while somebody chooses, and times that are only offered."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.roles import Role
from core.errors import DomainError
from scheduling import services
from scheduling.models import AppointmentParticipant, Hold
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def start(facility):
    return stage.at(3, facility=facility)


@pytest.fixture
def choice(visit_type, physician, room, start):
    return {"type": visit_type, "practitioner": physician, "location": room, "starts_at": start}


@pytest.fixture
def hold(choice, facility, booker):
    return services.hold_time(**choice, facility=facility, by=booker)


def guards(hold):
    return hold.participants.filter(active=True).count()


def test_a_hold_keeps_practitioner_and_room_for_ten_minutes(hold, choice, facility, patient):
    assert guards(hold) == 2
    other = factories.person(Role.TREATMENT, facility)
    with pytest.raises(DomainError, match="is held for somebody else at that time") as caught:
        services.book_appointment(patient=patient, by=other, **choice)
    assert caught.value.code == "practitioner-overlap"
    with pytest.raises(DomainError, match="is held for somebody else"):
        services.hold_time(**choice, facility=facility, by=other)
    with time_machine.travel(hold.expires_at):
        assert services.book_appointment(patient=patient, by=other, **choice)


def test_whoever_holds_a_time_books_it(hold, choice, patient, booker):
    visit = services.book_appointment(patient=patient, by=booker, hold=hold, **choice)
    hold.refresh_from_db()
    assert hold.released_at
    assert (guards(hold), visit.participants.filter(active=True).count()) == (0, 3)
    with pytest.raises(DomainError, match="no longer held"):
        services.book_appointment(patient=patient, by=booker, hold=hold, **choice)


def test_an_expired_hold_is_refused_kindly(hold, choice, patient, booker):
    with time_machine.travel(hold.expires_at), pytest.raises(DomainError, match="Choose a time again") as caught:
        services.book_appointment(patient=patient, by=booker, hold=hold, **choice)
    assert caught.value.code == "hold"


def test_another_persons_hold_is_of_no_use(hold, choice, facility, patient):
    other = factories.person(Role.TREATMENT, facility)
    with pytest.raises(DomainError, match="for somebody else"):
        services.book_appointment(patient=patient, by=other, hold=hold, **choice)
    assert guards(hold) == 2


def test_an_expired_hold_vanishes_when_its_time_is_booked(hold, choice, patient, booker):
    """Its rows stand in the way until then; the database would refuse over them."""
    with time_machine.travel(hold.expires_at + timedelta(seconds=1)):
        services.book_appointment(patient=patient, by=booker, **choice)
    hold.refresh_from_db()
    assert hold.released_at
    assert guards(hold) == 0
    last = hold.history.first()
    assert (last.history_user, last.history_change_reason) == (None, "hold-expired")
    assert {row.history.first().history_change_reason for row in hold.participants.all()} == {"hold-expired"}


def test_an_expired_hold_of_other_times_and_people_is_left_alone(hold, choice, facility, patient, booker):
    second = factories.practitioner(facility, family_name="Second")
    stage.hours(second, facility)
    with time_machine.travel(hold.expires_at):
        later = choice | {"starts_at": hold.ends_at}
        services.book_appointment(patient=patient, by=booker, **later)
        elsewhere = choice | {"practitioner": second, "location": None}
        services.book_appointment(patient=factories.patient(facility), by=booker, **elsewhere)
    assert guards(hold) == 2


def test_one_open_hold_a_person(hold, choice, facility, booker):
    later = services.hold_time(**choice | {"starts_at": hold.ends_at}, facility=facility, by=booker)
    overlapping = choice | {"starts_at": hold.ends_at - timedelta(minutes=5)}
    last = services.hold_time(**overlapping, facility=facility, by=booker)
    assert [guards(row) for row in (hold, later, last)] == [0, 0, 2]
    assert Hold.objects.filter(released_at__isnull=True).get() == last


def test_a_hold_that_is_refused_leaves_the_earlier_one(hold, choice, facility, patient, booker):
    taken = choice | {"starts_at": hold.ends_at}
    services.book_appointment(patient=patient, by=booker, **taken)
    with pytest.raises(DomainError, match="is booked"):
        services.hold_time(**taken, facility=facility, by=booker)
    assert guards(hold) == 2


def test_a_hold_is_let_go(hold, choice, patient, facility):
    other = factories.person(Role.TREATMENT, facility)
    services.release_hold(hold=hold, by=hold.held_by)
    services.release_hold(hold=hold, by=hold.held_by)
    assert services.book_appointment(patient=patient, by=other, **choice)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"starts_at": timezone.now() - timedelta(minutes=1)}, "in the future"), ({"location": "other"}, "is not at")],
)
def test_what_cannot_be_booked_cannot_be_held(choice, facility, booker, fields, sentence):
    if "location" in fields:
        fields = {"location": factories.LocationFactory()}
    with pytest.raises(DomainError, match=sentence):
        services.hold_time(**choice | fields, facility=facility, by=booker)


def test_nothing_is_held_in_leave(choice, facility, booker, start, physician):
    stage.away(facility, start, start + timedelta(days=1), kind="leave", practitioner=physician)
    with pytest.raises(DomainError, match="is away"):
        services.hold_time(**choice, facility=facility, by=booker)


def test_a_patient_holds_a_time_for_a_move_and_takes_it(visit, facility, choice, booker):
    later = choice | {"starts_at": visit.starts_at + timedelta(hours=2)}
    hold = services.hold_time(**later, facility=facility, by=None, appointment=visit)
    with pytest.raises(DomainError, match="for somebody else"):
        services.move_appointment(appointment=visit, starts_at=hold.starts_at, by=booker, hold=hold)
    moved = services.move_appointment(appointment=visit, starts_at=hold.starts_at, by=None, hold=hold, reason="link")
    assert moved.starts_at == hold.starts_at
    assert guards(hold) == 0
    line = moved.history.first()
    assert (line.history_user, line.history_change_reason) == (None, "link")


def test_a_patients_second_choice_lets_the_first_go(visit, facility, choice):
    first = services.hold_time(
        **choice | {"starts_at": visit.starts_at + timedelta(hours=2)}, facility=facility, by=None, appointment=visit
    )
    services.hold_time(
        **choice | {"starts_at": visit.starts_at + timedelta(hours=3)}, facility=facility, by=None, appointment=visit
    )
    assert guards(first) == 0


def test_no_time_is_held_at_which_the_person_is_elsewhere(visit, facility, visit_type, booker):
    second = factories.practitioner(facility, family_name="Second")
    stage.hours(second, facility)
    start = visit.starts_at + timedelta(hours=4)
    stage.visit(visit.patient, second, visit_type, by=booker, starts_at=start)
    with pytest.raises(DomainError, match="another appointment"):
        services.hold_time(
            type=visit_type, practitioner=visit.practitioner, location=None, starts_at=start, facility=facility,
            by=None, appointment=visit,
        )  # fmt: skip


@pytest.fixture
def proposal(choice, patient, episode, facility):
    stage.rule(facility)
    return services.propose_appointment(patient=patient, **choice)


def test_a_proposed_time_is_guarded_and_promises_nothing(proposal, choice, episode, booker, facility):
    assert (proposal.status, proposal.booked_by) == ("proposed", None)
    assert proposal.participants.filter(active=True).count() == 3
    assert not proposal.reminders.exists()
    assert not episode.steps.filter(kind="visit-booked").exists()
    assert not proposal.patient.grants.exists()
    with pytest.raises(DomainError, match="is booked"):
        services.book_appointment(patient=factories.patient(facility), by=booker, **choice)
    with pytest.raises(DomainError, match="accepted or withdrawn, not moved"):
        services.move_appointment(appointment=proposal, starts_at=proposal.ends_at, by=booker)


def test_an_accepted_proposal_is_a_booking(proposal, episode):
    visit = services.accept_proposal(appointment=proposal, by=None, reason="link")
    assert visit.status == "booked"
    assert visit.reminders.count() == 1
    assert episode.steps.filter(kind="visit-booked", withdrawn_at__isnull=True).exists()
    episode.refresh_from_db()
    assert episode.next_step == "See the physician visit through"
    assert visit.patient.grants.exists()
    with pytest.raises(DomainError, match="This offer is over: the appointment is booked"):
        services.accept_proposal(appointment=proposal, by=None, reason="link")


def test_a_withdrawn_proposal_frees_the_time(proposal, choice, booker, facility):
    services.withdraw_proposal(appointment=proposal, reason="offer-expired", by=None)
    assert not AppointmentParticipant.objects.filter(active=True).exists()
    with pytest.raises(DomainError, match="cancelled"):
        services.accept_proposal(appointment=proposal, by=booker)
    assert services.book_appointment(patient=factories.patient(facility), by=booker, **choice)


def test_a_proposal_is_not_accepted_after_its_time_or_the_persons_death(proposal, patient):
    with time_machine.travel(proposal.starts_at), pytest.raises(DomainError, match="in the future"):
        services.accept_proposal(appointment=proposal, by=None, reason="link")
    patient.deceased = True
    stage.saved(patient)
    with pytest.raises(DomainError, match="died"):
        services.accept_proposal(appointment=proposal, by=None, reason="link")
