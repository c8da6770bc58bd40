"""Each role's home page: with work and without, in a stated number of queries."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.roles import Role
from core.times import today
from desks.selectors import physician_services
from desks.selectors.home import DESKS
from desks.selectors.tiles import SHOWN
from staff.models import Credential
from tests import factories
from tests.conftest import signed_in
from tests.desks.scene import NAMES, House, practitioner
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
HOME = reverse("desks:home")

# User, memberships, strip, the read log and the page's transaction are six of them; the session comes from Redis.
QUERIES = {
    Role.CLINICAL_COORDINATOR: 12,
    Role.INTAKE: 20,
    Role.PATIENT_CARE: 21,
    Role.TREATMENT: 16,
    Role.ACTIVITIES: 19,
    Role.PHYSICIAN_SERVICES: 9,
    Role.CLERK: 19,
    Role.CLINICIAN: 17,
    Role.PRIVACY_OFFICER: 11,
    Role.TECHNICAL: 9,
}


def home_of(world, role):
    return signed_in(world.people[role]).get(HOME)


def tiles_of(response):
    return [*response.context["tiles"], *response.context["clear"]]


def tile(response, key):
    return next(row for row in tiles_of(response) if row.key == key)


@pytest.mark.parametrize("role", Role.values)
def test_a_desk_without_work_says_what_would_appear(world, role):
    response = home_of(world, role)
    page = response.content.decode()
    assert Role(role).label in page
    assert response.context["clear"]
    assert [row.key for row in response.context["clear"] if row.empty_text not in page.replace("&#x27;", "'")] == []


def test_a_desk_asks_the_same_number_of_queries_however_much_there_is(house, world, django_assert_num_queries):
    clients = {role: signed_in(world.people[role]) for role in Role}
    for times in (0, 2):
        house.busy(times)
        for role, client in clients.items():
            client.get(HOME)  # begins the session
            with django_assert_num_queries(QUERIES[role], info=role):
                page = client.get(HOME)
            assert len(tiles_of(page)) <= 7
            assert all(len(row.shown) <= SHOWN for row in tiles_of(page))


FILLED = {
    Role.INTAKE: "referrals under-way coverage sent returned",
    Role.PATIENT_CARE: "to-accept plans awaited people",
    Role.TREATMENT: "packets presentations to-book undecided calls",
    Role.ACTIVITIES: "to-read to-accept",
    Role.PHYSICIAN_SERVICES: "credentials-expired credentials-30 credentials-60 credentials-90",
    Role.CLERK: "received to-file returned filed",
    Role.CLINICIAN: "packets to-read to-accept people credentials",
    Role.CLINICAL_COORDINATOR: "late handoffs",
    Role.TECHNICAL: "staffing",
}


def test_every_row_of_a_busy_desk_has_its_next_action(house, world):
    for role, filled in FILLED.items():
        rows = {row.key: row for row in tiles_of(home_of(world, role))}
        assert [key for key in filled.split() if not rows[key].shown] == [], role
        assert [line.title for key in filled.split() for line in rows[key].shown if not line.actions] == [], role


def test_what_no_page_lists_opens_below_the_rows_shown(world):
    house = House(world.facility, world.people)
    for _ in range(SHOWN + 2):
        house.intake_under_way()
    page = home_of(world, Role.INTAKE)
    coverage = tile(page, "coverage")
    assert (len(coverage.shown), len(coverage.rest), coverage.number) == (SHOWN, 2, str(SHOWN + 2))
    assert [row.title for row in coverage.rows if row.title not in unescape(page.text)] == []
    assert not tile(page, "under-way").rest  # its page lists them


def test_the_button_of_each_desk_leads_somewhere():
    broken = []
    for role, desk in DESKS.items():
        try:
            reverse(desk.view)
        except NoReverseMatch:
            broken.append(role)
    assert broken == []


def test_physician_services_sees_no_patient(house, world):
    page = home_of(world, Role.PHYSICIAN_SERVICES).content.decode()
    assert "Okafor" in page  # the physician
    families = {name.rsplit(" ", 1)[0] for name in NAMES} - {"Okafor"}
    assert [name for name in families if name in page] == []
    assert "CC-" not in page
    assert 'id="search"' not in page


def test_activities_knows_names_only(house, world):
    page = home_of(world, Role.ACTIVITIES).content.decode()
    assert "Rivera" in page or any(name.split()[0] in page for name in NAMES)
    assert not re.search(r"CC-\d", page)


def test_a_lapse_breaks_the_bookings_that_ask_for_it(world):
    house = House(world.facility, world.people)
    booker, day = world.people[Role.TREATMENT], today(world.facility.tz)
    for days in (2, 6):
        moment = stage.at(days, facility=world.facility)
        stage.visit(world.patient, house.physician, house.visit, by=booker, starts_at=moment, location=house.room)
    house.physician.credentials.update(expires_on=day + timedelta(days=4))
    house.credential(3)  # a DEA registration, which this visit does not ask for
    rows = tile(home_of(world, Role.PHYSICIAN_SERVICES), "credentials-30").rows
    said = {row.sub.split()[0]: row.status for row in rows}
    assert said == {"State": "1 booking would break", "DEA": "No booking affected"}


def test_credentials_of_other_facilities_do_not_show(world):
    elsewhere = practitioner(world.elsewhere, "Strangeways")
    elsewhere.credentials.update(expires_on=timezone.localdate())
    assert all(not row.rows for row in physician_services.tiles(world.people[Role.PHYSICIAN_SERVICES], world.facility))


def test_a_renewal_is_asked_for_once(house, world):
    client = signed_in(world.people[Role.PHYSICIAN_SERVICES])
    row = tile(client.get(HOME), "credentials-30").rows[0]
    assert row.actions[0].posts
    client.post(row.actions[0].url)
    assert tile(client.get(HOME), "credentials-30").rows[0].actions[0].label == "Verify"
    assert Credential.objects.get(renewal_requested_at__isnull=False).history.first().history_user is not None


def test_who_holds_two_roles_chooses_and_is_told_which(world):
    clerk = world.people[Role.CLERK]
    factories.MembershipFactory(user=clerk, facility=world.facility, role=Role.INTAKE)
    client = signed_in(clerk)
    assert client.get(HOME).context["role"] == Role.INTAKE
    chosen = client.get(HOME, {"role": Role.CLERK})
    assert [tab["active"] for tab in chosen.context["tabs"]] == [False, True]
    assert tile(chosen, "received").title == "Envelopes received"
    assert client.get(HOME, {"role": Role.CLINICIAN}).context["role"] == Role.INTAKE


def test_who_has_no_role_is_told_so_kindly(world):
    response = signed_in(factories.UserFactory()).get(HOME)
    assert response.status_code == 403
    assert "You have no current role here" in response.content.decode()


def test_the_role_ends_and_the_desk_with_it(world):
    client = signed_in(world.people[Role.CLERK])
    assert client.get(HOME).status_code == 200
    world.people[Role.CLERK].memberships.update(ends_at=timezone.now())
    assert client.get(HOME).status_code == 403


def test_a_stranger_sees_nobody_of_this_facility(house, world):
    for role in Role.values:
        page = signed_in(world.strangers[role]).get(HOME)
        shown = [line for row in page.context["tiles"] if row.key != "staffing" for line in row.shown]
        assert shown == [], role


def test_the_privacy_officer_counts_refusals_by_reason(world):
    page = reverse("desks:patient_list")
    signed_in(world.people[Role.PHYSICIAN_SERVICES]).get(page)
    signed_in(world.people[Role.TECHNICAL]).get(page)
    signed_in(world.strangers[Role.TECHNICAL]).get(page)
    refused = tile(home_of(world, Role.PRIVACY_OFFICER), "refused")
    assert list(refused.chart) == [("The role may not do this", 2)]


def test_the_home_page_is_in_the_read_log(world):
    home_of(world, Role.INTAKE)
    event = AccessEvent.objects.get(target="desks:home")
    assert (event.action, event.facility_id) == ("list", world.facility.pk)


def test_the_first_free_times_are_one_click_from_booked(house, world):
    client = signed_in(world.people[Role.TREATMENT])
    row = tile(client.get(HOME), "to-book").rows[0]
    answer = client.get(row.extra)
    slots = answer.context["slots"]
    assert len(slots) == 3
    fields = {"starts_at": "value", "type": "type", "practitioner": "practitioner", "location": "location"}
    booked = client.post(answer.context["action"], {name: slots[0][key] for name, key in fields.items()})
    assert booked.status_code == 302
    assert answer.context["patient"].appointments.get().booked_by == world.people[Role.TREATMENT]
    assert not tile(client.get(HOME), "to-book").rows


def test_the_clinicians_credentials_stand_soonest_first(house, world):
    rows = tile(home_of(world, Role.CLINICIAN), "credentials").rows
    assert [row.status for row in rows][:2] == ["Expired", "Expires in 12 days"]
