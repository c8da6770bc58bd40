"""Restricted charts: everybody gives a reason, lists name and show nothing more, and only keepers know of it."""

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Perm, Role
from core.errors import DomainError
from desks.selectors.people import people_page
from episodes import services as episodes
from patients import services
from patients.access import LISTED, UNREAD, NotPermitted, get_patient, permissions, visible_patients
from patients.models import Patient, Restriction
from patients.selectors import search
from patients.selectors.restricted import restricted_rows
from patients.standing import KEEPERS
from tests import world as stage
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
WHY = "Covering for a colleague on leave"


@pytest.fixture
def world(db):
    return stage.build()


@pytest.fixture
def restricted(world):
    boss = world.people[Role.CLINICAL_COORDINATOR]
    return services.restrict_chart(patient=world.patient, facility=world.facility, words="A nurse here", by=boss)


def open_it(world, user):
    episodes.open_emergency_access(
        patient=world.patient, facility=world.facility, reason="covering", words=WHY, by=user
    )


def test_nobody_holds_more_than_its_keepers_until_the_glass_is_broken(world):
    before = {role: permissions(user, world.patient) for role, user in world.people.items()}
    services.restrict_chart(
        patient=world.patient, facility=world.facility, words="A nurse here", by=world.people["clinical"]
    )
    for role, user in world.people.items():
        assert permissions(user, world.patient) == before[role] & KEEPERS, role
    for role in (Role.CLINICAL_COORDINATOR, Role.INTAKE, Role.PATIENT_CARE, Role.CLERK):
        user = world.people[role]
        open_it(world, user)
        held = permissions(user, world.patient)
        assert before[role] <= held, role
        assert not any(perm.writes for perm in held - before[role]), role


def test_somebody_without_a_relation_gains_what_the_glass_gives_and_nothing_more(world, restricted):
    member = world.patient.care_team.get(role=Role.CLINICIAN)
    services.end_care_team_member(member=member, by=world.people[Role.INTAKE])
    clinician = world.people[Role.CLINICIAN]
    with pytest.raises(Http404):
        get_patient(clinician, world.patient.uuid, Perm.NAME_VIEW)
    open_it(world, clinician)
    held = permissions(clinician, world.patient)
    assert Perm.PLAN_VIEW in held
    assert not any(perm.writes for perm in held)


def test_a_colleague_is_asked_for_a_reason_and_a_stranger_learns_nothing(world, restricted):
    for role in (Role.PATIENT_CARE, Role.INTAKE, Role.CLINICAL_COORDINATOR):
        with pytest.raises(NotPermitted) as refused:
            get_patient(world.people[role], world.patient.uuid, Perm.NAME_VIEW)
        assert refused.value.rule == "restricted"
    for user in world.strangers.values():
        with pytest.raises(Http404):
            get_patient(user, world.patient.uuid, Perm.NAME_VIEW)


def test_lists_of_work_name_the_person_and_lists_of_content_do_not(world, restricted):
    for role in (Role.INTAKE, Role.PATIENT_CARE):
        user = world.people[role]
        for perm in permissions_of(user, world):
            shown = visible_patients(user, perm, world.facility).filter(pk=world.patient.pk).exists()
            assert shown is (perm in LISTED), perm
    open_it(world, world.people[Role.INTAKE])
    assert visible_patients(world.people[Role.INTAKE], Perm.IDENTITY_VIEW, world.facility).exists()


def permissions_of(user, world):
    services.lift_restriction(patient=world.patient, facility=world.facility, answer="x", by=user)
    held = permissions(user, world.patient)
    services.restrict_chart(patient=world.patient, facility=world.facility, words="again", by=user)
    return {perm for perm in held if perm.about_patients}


def test_search_shows_the_name_and_finds_by_nothing_else(world, restricted):
    intake = world.people[Role.INTAKE]
    found = search(intake, world.facility, "rivera")
    assert [(row.pk, row.shows_identity) for row in found] == [(world.patient.pk, False)]
    assert search(intake, world.facility, world.patient.record_number) == []
    assert search(intake, world.facility, "1990-05-17") == []


def test_the_list_of_people_shows_the_name_and_the_work_alone(world, restricted):
    _, rows = people_page(world.people[Role.INTAKE], world.facility, {}, "1")
    (row,) = rows
    assert (row.number, row.age, row.level, row.step) == ("", "", "", "")
    assert row.name == "Rivera, Marisol"
    assert row.next_step == UNREAD


def test_the_page_says_what_to_do_and_leads_to_it(world, restricted):
    client = signed_in(world.people[Role.PATIENT_CARE])
    refused = client.get(world.patient.get_absolute_url())
    page = refused.content.decode()
    assert refused.status_code == 403
    assert "asks for a reason" in page
    assert reverse("episodes:emergency_open", args=[world.patient.uuid]) in page
    assert "nurse" not in page
    assert "restricted" not in page.lower()


def test_only_its_keepers_see_the_flag_and_set_it(world, restricted):
    path = reverse("patients:restricted_edit", args=[world.patient.uuid])
    for role in ("clinical", "privacy"):
        assert "A nurse here" in signed_in(world.people[role]).get(path).content.decode()
    client = signed_in(world.people["privacy"])
    assert client.post(path, {"answer": "No longer works here"}).status_code == 302
    assert Restriction.objects.get().status == "ended"
    assert client.post(path, {"words": ""}).status_code == 422
    assert client.post(path, {"words": "Works here again"}).status_code == 302
    assert Restriction.objects.filter(status="active").count() == 1


def test_a_chart_is_found_for_restricting_by_its_exact_number(world):
    client, path = signed_in(world.people["privacy"]), reverse("patients:restricted_list")
    assert client.post(path, {"number": "CC-NOBODY"}).status_code == 422
    found = client.post(path, {"number": world.patient.record_number})
    assert found["Location"] == reverse("patients:restricted_edit", args=[world.patient.uuid])


def test_a_chart_is_restricted_once_and_says_why(world, restricted):
    boss = world.people[Role.CLINICAL_COORDINATOR]
    with pytest.raises(DomainError, match="already"):
        services.restrict_chart(patient=world.patient, facility=world.facility, words="Again", by=boss)
    with pytest.raises(DomainError, match="why"):
        services.restrict_chart(patient=world.patient, facility=world.facility, words=" ", by=boss)


def test_restricting_adds_no_query_to_the_door(world, django_assert_num_queries):
    intake = world.people[Role.INTAKE]
    with django_assert_num_queries(2):  # memberships; places, restrictions, emergency accesses and grants
        permissions(intake, world.patient)


def test_the_list_of_restricted_charts_takes_as_many_queries_at_10_as_at_200_rows(world, django_assert_num_queries):
    boss = world.people[Role.CLINICAL_COORDINATOR]
    client, path = signed_in(boss), reverse("patients:restricted_list")

    def restrict(number):
        names = [f"R-{number}-{row}" for row in range(number)]
        people = Patient.objects.bulk_create([Patient(record_number=name, family_name=name) for name in names])
        what = {
            "facility": world.facility,
            "kind": "chart",
            "status": "active",
            "answered_by": boss,
            "words": "A nurse",
        }
        Restriction.objects.bulk_create([Restriction(patient=person, **what) for person in people])

    client.get(path)
    counts = []
    for number in (10, 190):
        restrict(number)
        with django_assert_num_queries(1):
            assert len(restricted_rows(world.facility)) >= number
        with CaptureQueriesContext(connection) as queries:
            assert f"R-{number}-{number - 1}" in client.get(path).content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1]
