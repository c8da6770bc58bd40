"""The board of arrivals: who is expected, here, seen; a tap on, a tap back."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.roles import Role
from core.errors import DomainError
from episodes.models import EpisodeStep, Task
from scheduling import selectors, services
from scheduling.models import Appointment
from tests import factories
from tests.conftest import signed_in
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(booker):
    return signed_in(booker)


@pytest.fixture
def today(visit):
    """The visit begins at 14:00 today, and it is five past."""
    with time_machine.travel(visit.starts_at + timedelta(minutes=5), tick=False) as clock:
        yield clock


def page(client, **headers):
    answer = client.get(reverse("scheduling:arrivals"), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def say(client, visit, status, **options):
    url = reverse("scheduling:appointment_status", args=[visit.patient.uuid, visit.uuid])
    answer = client.post(url, {"status": status, "from_arrivals": "1"}, **options)
    visit.refresh_from_db()
    return answer


def lane_of(booker, facility):
    board = selectors.arrivals(facility=facility, user=booker)
    return next((lane.key, lane.rows[0]["wait"]) for lane in board.lanes if lane.rows)


def test_from_expected_to_attended_by_single_taps(booker, visit, facility, today):
    desk = signed_in(booker)
    assert lane_of(booker, facility) == ("expected", "5 min late")
    assert say(desk, visit, "arrived")["Location"] == reverse("scheduling:arrivals")
    assert visit.arrived_at == visit.status_at == timezone.now()
    today.shift(timedelta(minutes=10))
    assert lane_of(booker, facility) == ("arrived", "Arrived 14:05 · waiting 10 min")
    say(desk, visit, "checked-in")
    assert lane_of(booker, facility) == ("checked-in", "Arrived 14:05 · waited 10 min")
    say(desk, visit, "fulfilled")
    assert lane_of(booker, facility)[0] == "fulfilled"
    assert visit.episode.steps.filter(kind=EpisodeStep.Kind.VISIT_ATTENDED, withdrawn_at__isnull=True).exists()


def test_every_tap_can_be_taken_back(booker, visit, facility, today):
    desk = signed_in(booker)
    for status, back in (("arrived", "booked"), ("checked-in", "arrived"), ("fulfilled", "checked-in")):
        say(desk, visit, status)
        say(desk, visit, back)
        assert visit.status == back
        say(desk, visit, status)
    say(desk, visit, "checked-in")
    assert not visit.episode.steps.filter(kind=EpisodeStep.Kind.VISIT_ATTENDED, withdrawn_at__isnull=True).exists()


def test_who_did_not_come_is_called_and_can_be_booked_again(booker, visit, facility, today):
    desk = signed_in(booker)
    text = say(desk, visit, "noshow", headers=HTMX).content.decode()
    assert 'id="arrivals"' in text
    assert "Book again" in text
    task = Task.objects.get(kind="visit-missed")
    assert (task.owner_role, task.status) == (Role.TREATMENT, "requested")
    assert not visit.participants.filter(active=True).exists()
    say(desk, visit, "booked")
    task.refresh_from_db()
    assert task.status == "completed"
    assert visit.participants.filter(active=True).count() == 3
    assert visit.arrived_at is None


def test_came_after_all_is_refused_when_the_time_is_given_away(
    booker, visit, facility, physician, visit_type, today, desk
):
    services.set_status(appointment=visit, status="noshow", by=booker)
    other = stage.visit(
        factories.patient(facility), physician, visit_type, by=booker,
        starts_at=visit.starts_at + timedelta(minutes=15),
    )  # fmt: skip
    with pytest.raises(DomainError, match="booked at that time"):
        services.set_status(appointment=visit, status="booked", by=booker)
    text = say(desk, visit, "booked", headers=HTMX).content.decode()
    assert "booked at that time" in text
    assert visit.status == "noshow"
    assert other.participants.filter(active=True).exists()


def test_a_refresh_draws_nothing_when_nothing_has_changed_and_else_is_a_look(desk, visit, today):
    text = page(desk, **HTMX, **{"X-Background-Refresh": "1"})
    assert text.lstrip().startswith('<div id="arrivals"')
    seen = {"X-Seen": text.split('"X-Seen":"')[1].split('"')[0], "X-Background-Refresh": "1"}
    assert desk.get(reverse("scheduling:arrivals"), headers=HTMX | seen).status_code == 204
    assert AccessEvent.objects.filter(target="scheduling:arrivals", action="list").count() == 1


def test_only_people_one_may_see_stand_on_the_board(visit, facility, today, physician):
    assert "Rivera" not in page(signed_in(factories.person(Role.PATIENT_CARE, facility)))
    text = page(signed_in(physician.user))
    assert "Rivera" in text
    assert "status/" not in text


def test_the_board_costs_the_same_queries_at_10_and_at_200_rows(facility, booker, django_assert_num_queries):
    """Memberships twice (a request keeps them) and the rows."""
    kind, physician = stage.visit_type(facility, code="many"), factories.practitioner(facility)
    people = [factories.patient(facility) for _ in range(5)]
    for number in (10, 190):
        rows = [Appointment(facility=facility, type=kind, practitioner=physician) for _ in range(number)]
        for n, row in enumerate(rows):
            row.patient = people[n % 5]
            row.set_time(timezone.now(), timezone.now() + timedelta(minutes=30), facility.tz)
        Appointment.objects.bulk_create(rows)
        with django_assert_num_queries(3):
            board = selectors.arrivals(facility=facility, user=booker)
    assert board.total == 200
