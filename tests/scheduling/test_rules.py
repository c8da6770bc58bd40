"""Every rule of booking: its refusal, and what happens when somebody sets it aside."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from core.errors import DomainError
from patients.models import Address
from scheduling import services
from scheduling.models import Appointment, BookingOverride
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
Rule = BookingOverride.Rule
REASON = "The person comes from far away and sees both today"


@pytest.fixture
def start(facility):
    return stage.at(3, facility=facility)


@pytest.fixture
def book(patient, physician, visit_type, room, booker, start):
    """Book the usual visit, with what differs."""

    def booked(**fields):
        usual = {"patient": patient, "type": visit_type, "practitioner": physician, "location": room}
        return services.book_appointment(**{**usual, "starts_at": start, "by": booker, **fields})

    return booked


def another(facility, **fields):
    row = factories.practitioner(facility, family_name="Second", **fields)
    stage.hours(row, facility)
    return row


def patient_overlap(book, facility, **_):
    book(practitioner=another(facility), location=None)
    return {}


def practitioner_overlap(book, facility, **_):
    book(patient=factories.patient(facility), location=None)
    return {}


def interpreter_overlap(book, facility, **_):
    ines = stage.interpreter(facility)
    book(patient=factories.patient(facility), practitioner=another(facility), location=None, interpreter=ines)
    return {"interpreter": ines}


def room_overlap(book, facility, **_):
    book(patient=factories.patient(facility), practitioner=another(facility))
    return {}


def equipment_overlap(book, facility, visit_type, **_):
    visit_type.equipment.add(stage.scanner(facility))
    book(patient=factories.patient(facility), practitioner=another(facility), location=None)
    return {}


def no_hours(facility, **_):
    return {"practitioner": factories.practitioner(facility)}


def leave(facility, physician, start, **_):
    stage.away(facility, start, start + timedelta(days=1), kind="leave", practitioner=physician)
    return {}


def interpreter_travels(facility, start, **_):
    ines = stage.interpreter(facility)
    end = start + timedelta(minutes=10)
    stage.away(facility, start - timedelta(days=1), end, kind="travel", practitioner=ines, note="Albany")
    return {"interpreter": ines}


def facility_closed(facility, start, **_):
    stage.away(facility, start - timedelta(hours=5), start + timedelta(hours=5), note="Thanksgiving")
    return {}


def room_closed(facility, room, start, **_):
    stage.away(facility, start, start + timedelta(hours=1), location=room)
    return {}


def room_shut(room, **_):
    room.operational_status = "closed"
    stage.saved(room)
    return {}


def lapsed(physician, start, **_):
    physician.credentials.update(expires_on=start.date() - timedelta(days=1))
    return {}


def wrong_state(facility, **_):
    facility.state = "NJ"
    stage.saved(facility)
    return {}


def lives_elsewhere(facility, patient, **_):
    facility.state = "NY"
    stage.saved(facility)
    stage.saved(Address(patient=patient, state="vermont"))
    return {
        "type": stage.visit_type(facility, code="video", place_of_service="10", required_credential="license"),
        "location": None,
    }


def step_missing(facility, **_):
    return {"type": stage.visit_type(facility, code="later", required_steps=["option-accepted", "assessed"])}


BROKEN = [
    (patient_overlap, Rule.PATIENT_OVERLAP, "This person has another appointment at that time."),
    (practitioner_overlap, Rule.PRACTITIONER_OVERLAP, "Daniel Okafor is booked at that time."),
    (interpreter_overlap, Rule.PRACTITIONER_OVERLAP, "Ines Prado is booked at that time."),
    (room_overlap, Rule.LOCATION_OVERLAP, "Room 4 is taken at that time."),
    (equipment_overlap, Rule.LOCATION_OVERLAP, "Scanner A is taken at that time."),
    (no_hours, Rule.HOURS, "Daniel Okafor has no hours here at that time. Choose one of the free times."),
    (leave, Rule.HOURS, "Daniel Okafor is away at that time (leave). Choose one of the free times."),
    (
        interpreter_travels,
        Rule.HOURS,
        "Ines Prado is away at that time (travel: Albany).",
    ),
    (facility_closed, Rule.CLOSED, "Harbor House is closed at that time: Thanksgiving. Choose one of the free times."),
    (room_closed, Rule.CLOSED, "Room 4 is closed at that time. Choose one of the free times."),
    (room_shut, Rule.CLOSED, "Room 4 is closed. Choose another."),
    (lapsed, Rule.CREDENTIAL, "Daniel Okafor's state license ends on"),
    (wrong_state, Rule.CREDENTIAL, "Daniel Okafor has a state license for NY, not for NJ;"),
    (lives_elsewhere, Rule.CREDENTIAL, "Daniel Okafor has a state license for NY, not for VT;"),
    (step_missing, Rule.STEP, "“Physician consultation” can be booked once this is done: "),
]


@pytest.fixture(params=BROKEN, ids=lambda case: case[0].__name__)
def broken(request, book, facility, physician, patient, room, visit_type, start):
    breaks, rule, sentence = request.param
    scene = {"facility": facility, "physician": physician, "patient": patient, "room": room, "start": start}
    return breaks(book=book, visit_type=visit_type, **scene), rule, sentence


def test_a_broken_rule_refuses_in_words_and_can_be_set_aside(broken, book, booker, facility):
    fields, rule, sentence = broken
    before = Appointment.objects.count()
    with pytest.raises(DomainError) as caught:
        book(**fields)
    assert caught.value.message.startswith(sentence)
    assert caught.value.code == rule
    clerk = factories.person(Role.INTAKE, facility)
    with pytest.raises(DomainError, match="ask a treatment coordinator") as caught:
        book(**fields, override_reason=REASON, by=clerk)
    assert caught.value.code == rule
    assert Appointment.objects.count() == before
    visit = book(**fields, override_reason=f" {REASON} ")
    kept = visit.overrides.get()
    assert (kept.rule, kept.reason, kept.by) == (rule, REASON, booker)
    assert visit.participants.filter(overlap_permitted=True).count() == rule.endswith("-overlap")


def test_all_that_is_broken_is_said_at_once_and_kept_one_by_one(book, facility, physician, start):
    book(patient=factories.patient(facility))
    physician.credentials.all().delete()
    with pytest.raises(DomainError) as caught:
        book()
    said = ["no state license", "Okafor is booked", "Room 4 is taken"]
    assert [words in caught.value.message for words in said] == [True] * 3
    visit = book(override_reason=REASON)
    kept = [Rule.CREDENTIAL, Rule.PRACTITIONER_OVERLAP, Rule.LOCATION_OVERLAP]
    assert [row.rule for row in visit.overrides.order_by("pk")] == kept
    strict = visit.participants.get(overlap_permitted=False)
    assert strict.patient == visit.patient


def test_a_reason_without_need_is_not_kept(book):
    visit = book(override_reason=REASON)
    assert not visit.overrides.exists()
    assert not visit.participants.filter(overlap_permitted=True).exists()


def test_the_permission_counts_at_the_facility_of_the_booking(book, facility, other_facility):
    book(patient=factories.patient(facility))
    elsewhere = factories.person(Role.TREATMENT, other_facility)
    with pytest.raises(DomainError, match="ask a treatment coordinator"):
        book(override_reason=REASON, by=elsewhere)


def test_a_permitted_overlap_still_refuses_others(book, facility, start):
    """Outside the constraint, inside the rule: the first is cancelled, the permitted one alone is in the way."""
    first = book(patient=factories.patient(facility))
    second = book(override_reason=REASON)
    services.cancel_appointment(appointment=first, reason="Asked to", by=first.booked_by)
    assert second.participants.filter(overlap_permitted=True).count() == 2
    for fields, sentence in (({}, "is booked"), ({"practitioner": another(facility)}, "is taken")):
        with pytest.raises(DomainError, match=sentence):
            book(patient=factories.patient(facility), starts_at=start + timedelta(minutes=15), **fields)


def test_a_move_can_set_aside_too_and_a_later_move_is_strict_again(book, facility, booker, start):
    other = book(patient=factories.patient(facility), starts_at=start + timedelta(hours=2))
    visit = book()
    with pytest.raises(DomainError, match="is booked"):
        services.move_appointment(appointment=visit, starts_at=other.starts_at, by=booker)
    moved = services.move_appointment(appointment=visit, starts_at=other.starts_at, by=booker, override_reason=REASON)
    assert {row.rule for row in moved.overrides.all()} == {Rule.PRACTITIONER_OVERLAP, Rule.LOCATION_OVERLAP}
    back = services.move_appointment(appointment=moved, starts_at=start, by=booker)
    assert not back.participants.filter(active=True, overlap_permitted=True).exists()


def test_what_was_set_aside_at_booking_does_not_bind_a_move(book, facility, booker, start):
    visit = book(**step_missing(facility), override_reason=REASON)
    assert services.move_appointment(appointment=visit, starts_at=start + timedelta(days=1), by=booker)


@pytest.mark.parametrize(
    ("breaks", "code", "sentence"),
    [
        (lambda scene: {"starts_at": timezone.now() - timedelta(minutes=1)}, "past", "Choose a time in the future."),
        (lambda scene: {"patient": factories.patient(scene, deceased=True)}, "deceased", "This person has died"),
        (
            lambda scene: {"patient": factories.patient(elsewhere())},
            "facility",
            "does not belong to Harbor",
        ),
        (lambda scene: {"location": factories.LocationFactory()}, "facility", "is not at Harbor House."),
        (lambda scene: {"practitioner": another(elsewhere())}, "staff.not_cleared", "does not work at Harbor House"),
        (lambda scene: {"equipment": factories.LocationFactory(facility=scene)}, "equipment", "is no equipment."),
    ],
    ids=["past", "deceased", "stranger", "room-elsewhere", "practitioner-elsewhere", "equipment"],
)
def test_what_nobody_sets_aside(breaks, code, sentence, book, facility):
    with pytest.raises(DomainError, match=sentence) as caught:
        book(**breaks(facility), override_reason=REASON)
    assert caught.value.code == code
    assert code not in Rule.values
    assert not Appointment.objects.exists()


def elsewhere():
    return factories.FacilityFactory(name="Elsewhere")


def test_nobody_interprets_for_himself(book, physician):
    with pytest.raises(DomainError, match="other than the practitioner"):
        book(interpreter=physician)


def test_extra_hours_are_hours(book, facility, start):
    guest = factories.practitioner(facility, family_name="Guest")
    extra = {"kind": "extra", "practitioner": guest}
    stage.away(facility, start, start + timedelta(minutes=29), **extra)
    with pytest.raises(DomainError, match="no hours"):
        book(practitioner=guest)
    stage.away(facility, start + timedelta(minutes=29), start + timedelta(minutes=30), **extra)
    assert book(practitioner=guest)


def test_an_exception_taken_back_holds_no_longer(book, facility, start):
    gone = stage.away(facility, start, start + timedelta(hours=1), withdrawn_at=timezone.now())
    assert gone.pk
    assert book()


def test_the_pause_need_not_lie_within_the_hours_nor_before_leave(facility, book, physician, start):
    stage.away(facility, start + timedelta(minutes=30), start + timedelta(days=2), kind="leave", practitioner=physician)
    assert book(type=stage.visit_type(facility, code="pause", buffer_minutes=15))


def test_interpreter_and_equipment_are_taken_too(book, facility, start):
    ines, kind = stage.interpreter(facility), stage.visit_type(facility, code="scan")
    machines = [stage.scanner(facility, f"Scanner {name}") for name in "AB"]
    kind.equipment.set(machines)
    first = book(type=kind, interpreter=ines)
    assert (first.interpreter, first.equipment) == (ines, machines[0])
    assert first.participants.count() == 5
    common = {"type": kind, "location": None}
    second = book(patient=factories.patient(facility), practitioner=another(facility), **common)
    assert second.equipment == machines[1]
    third = {"patient": factories.patient(facility), "practitioner": another(facility), **common}
    with pytest.raises(DomainError, match="Scanner A is taken") as caught:
        book(**third)
    assert caught.value.code == Rule.LOCATION_OVERLAP
    with pytest.raises(DomainError, match="Scanner B is taken"):
        book(**third, equipment=machines[1])


def test_equipment_that_is_closed_is_passed_over(book, facility, start):
    kind = stage.visit_type(facility, code="scan")
    shut, closed, sound = (stage.scanner(facility, f"Scanner {name}") for name in "ABC")
    kind.equipment.set([shut, closed, sound])
    shut.operational_status = "closed"
    stage.saved(shut)
    stage.away(facility, start, start + timedelta(hours=1), location=closed)
    assert book(type=kind).equipment == sound


def test_a_move_keeps_the_equipment_or_takes_another(book, facility, booker, start):
    kind = stage.visit_type(facility, code="scan")
    first, second = (stage.scanner(facility, f"Scanner {name}") for name in "AB")
    kind.equipment.set([first, second])
    visit = book(type=kind, equipment=second)
    later = services.move_appointment(appointment=visit, starts_at=start + timedelta(hours=1), by=booker)
    assert later.equipment == second
    book(patient=factories.patient(facility), practitioner=another(facility), location=None, type=kind,
         equipment=second)  # fmt: skip
    back = services.move_appointment(appointment=later, starts_at=start, by=booker)
    assert back.equipment == first


def test_care_by_video_takes_no_room_and_has_a_private_link(book, facility, room):
    kind = stage.visit_type(facility, code="video", place_of_service="10")
    assert book(type=kind).video_url == ""
    facility.video_base_url = "https://video.example.org/"
    stage.saved(facility)
    kind.facility = facility
    visits = [
        book(type=kind, patient=factories.patient(facility), practitioner=another(facility), location=room)
        for _ in range(2)
    ]
    assert [visit.location for visit in visits] == [None, None]
    names = [visit.video_url.removeprefix("https://video.example.org/") for visit in visits]
    assert [len(name) for name in names] == [22, 22]
    assert names[0] != names[1]
    assert book(type=kind, patient=factories.patient(facility), practitioner=another(facility),
                video_url="https://meet.example.org/x").video_url == "https://meet.example.org/x"  # fmt: skip


def test_a_license_where_the_person_lives_is_enough_with_the_facilitys(book, facility, patient, physician):
    fields = lives_elsewhere(facility, patient)
    with pytest.raises(DomainError, match="not for VT"):
        book(**fields)
    stage.saved(Address(patient=patient, state="Unknownland"))
    assert book(**fields)


@pytest.mark.parametrize(("of_type", "of_room", "sentence"), [(1, None, "in this group"), (None, 1, "in Room 4")])
def test_a_group_has_as_many_seats_as_type_and_room(facility, physician, room, booker, of_type, of_room, sentence):
    room.seats = of_room
    stage.saved(room)
    group = services.book_group(
        type=stage.visit_type(facility, code="group", is_group=True, seats=of_type), practitioner=physician,
        location=room, starts_at=stage.at(2, facility=facility), ends_at=stage.at(2, 15, facility=facility),
        facility=facility, by=booker,
    )  # fmt: skip
    first, second = factories.patient(facility), factories.patient(facility)
    services.add_seat(appointment=group, patient=first, by=booker)
    services.add_seat(appointment=group, patient=first, by=booker)
    with pytest.raises(DomainError, match=f"All 1 seats {sentence} are taken"):
        services.add_seat(appointment=group, patient=second, by=booker)
    services.remove_seat(appointment=group, patient=first, by=booker)
    assert services.add_seat(appointment=group, patient=second, by=booker)


def test_a_group_is_refused_by_leave_and_closures_but_not_by_weekly_hours(facility, room, booker, start):
    leader = factories.practitioner(facility)
    plan = {
        "type": stage.visit_type(facility, code="group", is_group=True), "practitioner": leader, "location": room,
        "ends_at": start + timedelta(hours=1), "facility": facility, "by": booker, "starts_at": start,
    }  # fmt: skip
    leave = stage.away(facility, start, start + timedelta(hours=1), kind="training", practitioner=leader)
    with pytest.raises(DomainError, match=r"is away at that time \(training\)"):
        services.book_group(**plan)
    leave.withdrawn_at = timezone.now()
    stage.saved(leave)
    assert services.book_group(**plan)
