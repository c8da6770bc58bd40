"""The directory, credentials and partners on screen."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from core.errors import DomainError
from staff import selectors, services
from staff.models import Credential, PartnerOrganization, Practitioner
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def services_desk(facility):
    return factories.person(Role.PHYSICIAN_SERVICES, facility)


@pytest.fixture
def client(services_desk, sign_in):
    return sign_in(services_desk)


@pytest.fixture
def doctor(facility):
    return factories.practitioner(facility)


def add(client, doctor, **typed):
    typed = {"kind": "license", "number": "88123", "state": "NY", "expires_on": "2031-01-31", **typed}
    return client.post(reverse("staff:credential_add", args=[doctor.uuid]), typed)


def test_someone_new_is_added_with_a_role_here(client, facility, services_desk):
    url = reverse("staff:practitioner_add")
    answer = client.post(
        url,
        {"family_name": "Ruiz", "given_name": "Ana", "kind": "physician", "npi": "1234567893", "title": "Physician"},
    )
    assert answer.status_code == 302
    person = Practitioner.objects.get(npi="1234567893")
    assert person.history.get().history_user == services_desk
    assert person.roles.get().facility == facility
    assert "Ruiz" in client.get(reverse("staff:practitioner_list"), {"q": "rui"}).content.decode()
    answer = client.post(url, {"family_name": "Other", "kind": "physician", "npi": "1234567893"})
    assert answer.status_code == 422
    assert "Another practitioner has this NPI" in answer.content.decode()


def test_a_wrong_npi_is_shown_beside_its_field(client):
    answer = client.post(
        reverse("staff:practitioner_add"), {"family_name": "Ruiz", "kind": "physician", "npi": "1234567890"}
    )
    assert answer.status_code == 422
    assert "the last a check digit" in answer.content.decode()
    assert "Ruiz" in answer.content.decode()


def test_two_people_editing_one_person_lose_nothing(client, doctor):
    url = reverse("staff:practitioner_edit", args=[doctor.uuid])
    typed = {"family_name": "Okafor", "kind": "physician", "is_active": "on", "version": doctor.version}
    assert client.post(url, typed | {"phone": "+1 555 0111"}).status_code == 302
    answer = client.post(url, typed | {"phone": "+1 555 0222"})
    assert answer.status_code == 409
    assert "+1 555 0111" in answer.content.decode()
    assert "+1 555 0222" in answer.content.decode()


def test_the_last_day_of_a_role_ends_bookings(client, doctor, facility):
    role = doctor.roles.get()
    answer = client.post(
        reverse("staff:role_edit", args=[doctor.uuid]),
        {"title": "Physician", "ends_on": "2026-01-31", "version": role.version},
    )
    assert answer.status_code == 302
    with pytest.raises(DomainError, match="does not work"):
        services.require_cleared(doctor, facility=facility, on=date(2026, 2, 1))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"state": ""}, "Choose the state"),
        ({"expires_on": ""}, "last day it is in force"),
        ({"issued_on": "2032-01-01"}, "ends before it was issued"),
        ({"kind": "dea", "number": "AB1234560"}, "not a DEA number"),
    ],
)
def test_a_credential_that_cannot_be_right_is_refused(client, doctor, wrong, words):
    answer = add(client, doctor, **wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_later_license_takes_the_place_of_the_earlier(client, doctor):
    earlier = doctor.credentials.get()
    assert add(client, doctor).status_code == 302
    earlier.refresh_from_db()
    assert earlier.superseded
    assert "Replaced" in client.get(doctor.get_absolute_url()).content.decode()


def test_a_license_that_begins_later_leaves_the_earlier_in_force(client, doctor, facility):
    begins = timezone.localdate() + timedelta(days=60)
    add(client, doctor, issued_on=begins.isoformat())
    services.require_cleared(doctor, facility=facility, on=timezone.localdate())


def test_what_the_source_said_is_kept_with_who_asked(client, doctor, services_desk):
    license = doctor.credentials.get()
    url = reverse("staff:credential_verify", args=[license.uuid])
    typed = {"source": "State board lookup", "verified_on": "2026-01-05", "outcome": "refused"}
    assert client.post(url, typed | {"source": ""}).status_code == 422
    assert client.post(url, typed | {"verified_on": "2999-01-01"}).status_code == 422
    assert client.post(url, typed).status_code == 302
    license.refresh_from_db()
    assert (license.status, license.verified_by) == (Credential.Status.FAILED, services_desk)
    assert "Cannot be booked today" in client.get(doctor.get_absolute_url()).content.decode()


def test_editing_a_verified_credential_asks_for_verification_again(client, doctor):
    license = doctor.credentials.get()
    url = reverse("staff:credential_edit", args=[license.uuid])
    typed = {"kind": "license", "number": "9", "state": "NY", "expires_on": "2031-01-31", "version": license.version}
    assert client.post(url, typed).status_code == 302
    license.refresh_from_db()
    assert license.status == Credential.Status.REVALIDATION
    assert client.post(url, typed).status_code == 409


def test_asking_for_renewal_is_noted_and_shown(client, doctor):
    license = doctor.credentials.get()
    license.expires_on = timezone.localdate() + timedelta(days=10)
    services.edit_credential(credential=license, expected_version=None, by=factories.UserFactory())
    client.post(reverse("staff:credential_request_renewal", args=[license.uuid]))
    page = client.get(reverse("staff:credential_list")).content.decode()
    assert "Within 30 days" in page
    assert "Asked" in page
    services.add_credential(
        practitioner=doctor, kind="license", state="NY", expires_on=date(2035, 1, 1), by=factories.UserFactory()
    )
    with pytest.raises(DomainError, match="nothing to renew"):
        services.request_renewal(credential=license, by=factories.UserFactory())


def test_credentials_are_for_physician_services_and_for_oneself(doctor, facility, sign_in):
    colleague = factories.person(Role.CLINICIAN, facility)
    page = sign_in(colleague).get(doctor.get_absolute_url()).content.decode()
    assert "Okafor" in page
    assert "State license" not in page
    own = factories.practitioner(facility, user=colleague, family_name="Self")
    assert "State license" in sign_in(colleague).get(own.get_absolute_url()).content.decode()
    assert "Verified" not in sign_in(colleague).get(reverse("staff:practitioner_list")).content.decode()


def test_a_practitioner_of_another_facility_is_not_found(client, other_facility):
    elsewhere = factories.practitioner(other_facility)
    assert client.get(elsewhere.get_absolute_url()).status_code == 404
    assert "Okafor" not in client.get(reverse("staff:practitioner_list")).content.decode()
    credential = elsewhere.credentials.get()
    assert client.get(reverse("staff:credential_edit", args=[credential.uuid])).status_code == 404


def test_partners_are_added_and_changed(client, services_desk):
    assert client.post(reverse("staff:partner_add"), {"name": "", "kind": "court"}).status_code == 422
    client.post(reverse("staff:partner_add"), {"name": "Lake Hospital", "kind": "hospital", "is_active": "on"})
    partner = PartnerOrganization.objects.get()
    assert partner.history.get().history_user == services_desk
    url = reverse("staff:partner_edit", args=[partner.uuid])
    typed = {"name": "Lake Hospital", "kind": "hospital", "city": "Utica", "version": partner.version}
    assert client.post(url, typed).status_code == 302
    assert client.post(url, typed).status_code == 409
    page = client.get(reverse("staff:partner_list"), {"show": "former", "q": "uti"}).content.decode()
    assert "Lake Hospital" in page


@pytest.mark.parametrize("with_credentials", [True, False])
def test_the_directory_asks_the_same_number_of_queries_however_long(
    facility, with_credentials, django_assert_num_queries
):
    for _ in range(6):
        factories.practitioner(facility)
    with django_assert_num_queries(2 + with_credentials):
        assert len(selectors.practitioner_rows(facility, with_credentials=with_credentials)) == 6
