"""The pages of the shared record."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from patients import services
from patients.models import Note, Relation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility, given_name="Ines", family_name="Intake")


@pytest.fixture
def patient(facility):
    return factories.patient(facility)


@pytest.fixture
def clinician(facility, patient):
    user = factories.person(Role.CLINICIAN, facility)
    services.add_care_team_member(
        patient=patient, user=user, facility=facility, role=Role.CLINICIAN, by=None, reason="test"
    )
    return user


def url(name, *args):
    return reverse(f"patients:{name}", args=args)


def person_form(patient, **changes):
    return {
        "given_name": patient.given_name, "family_name": patient.family_name, "birth_date": "1990-05-17",
        "gender": "unknown", "language": "en", "version": patient.version, **changes,
    }  # fmt: skip


def test_of_two_editors_the_second_sees_both_texts_and_can_send_again(sign_in, patient, intake, facility):
    other = factories.person(Role.INTAKE, facility, given_name="Olaf", family_name="Other")
    address = url("patient_edit", patient.uuid)
    assert sign_in(other).post(address, person_form(patient, pronouns="they/them")).status_code == 302
    mine = person_form(patient, pronouns="she/her", gender_identity="woman")
    response = sign_in(intake).post(address, mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "they/them" in page
    assert "she/her" in page
    assert "woman" in page
    assert "Olaf Other" in page
    patient.refresh_from_db()
    assert patient.pronouns == "they/them"
    assert sign_in(intake).post(address, mine | {"version": patient.version}).status_code == 302
    patient.refresh_from_db()
    assert (patient.pronouns, patient.gender_identity) == ("she/her", "woman")


def test_without_the_version_it_read_an_edit_is_not_taken(sign_in, patient, intake):
    data = person_form(patient, pronouns="she/her")
    del data["version"]
    assert sign_in(intake).post(url("patient_edit", patient.uuid), data).status_code == 422


def test_an_invalid_edit_keeps_what_was_typed_and_the_header_as_saved(sign_in, patient, intake):
    data = person_form(patient, family_name="Typed", birth_date="2990-01-01")
    response = sign_in(intake).post(url("patient_edit", patient.uuid), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="Typed"' in page
    assert "Marisol Typed" not in page


def test_no_name_stands_in_the_title(sign_in, patient, intake):
    page = sign_in(intake).get(url("patient_edit", patient.uuid)).content.decode()
    title = page[page.index("<title>") : page.index("</title>")]
    assert "Rivera" not in title


@pytest.mark.parametrize(
    ("system", "value", "code"),
    [("phone", "212 555 0142", 302), ("phone", "12", 422), ("email", "mari@example.net", 302), ("email", "mari", 422)],
)
def test_a_contact_that_nobody_could_reach_is_refused_beside_its_field(sign_in, patient, intake, system, value, code):
    data = {"system": system, "value": value, "rank": 1}
    assert sign_in(intake).post(url("contact_point_add", patient.uuid), data).status_code == code
    assert patient.telecoms.count() == (code == 302)


def test_the_first_address_is_added_and_then_changed(sign_in, patient, intake):
    client, address = sign_in(intake), url("address_edit", patient.uuid)
    assert client.post(address, {"use": "home", "line": "1 Main St", "city": "Albany"}).status_code == 302
    assert client.post(address, {"use": "home", "line": "2 Main St", "version": 1}).status_code == 302
    assert patient.addresses.get().line == "2 Main St"
    assert client.post(address, {"use": "home", "line": "3 Main St", "version": 1}).status_code == 409


def test_a_row_of_another_person_is_not_there(sign_in, facility, patient, intake):
    other = factories.patient(facility, given_name="John")
    contact = factories.email_address(other)
    assert sign_in(intake).get(url("contact_point_edit", patient.uuid, contact.uuid)).status_code == 404


def test_a_note_is_written_signed_and_added_to(sign_in, patient, clinician):
    client = sign_in(clinician)
    client.post(url("note_add", patient.uuid), {"kind": "progress", "text": "Slept well."})
    draft = Note.objects.get()
    assert draft.signed_at is None
    assert client.post(url("note_sign", patient.uuid, draft.uuid)).status_code == 302
    client.post(url("note_addendum", patient.uuid, draft.uuid), {"text": "And ate."})
    page = client.get(url("note_list", patient.uuid)).content.decode()
    assert "Slept well." in page
    assert "And ate." in page
    refused = client.post(url("note_edit", patient.uuid, draft.uuid), {"kind": "progress", "text": "X", "version": 2})
    assert refused.status_code == 422
    assert "final" in refused.content.decode()


def test_a_note_may_be_signed_as_it_is_written(sign_in, patient, clinician):
    sign_in(clinician).post(url("note_add", patient.uuid), {"kind": "contact", "text": "Called.", "sign": "1"})
    assert Note.objects.get().signed_at


def test_a_colleague_is_added_to_the_team_and_can_open_the_chart(sign_in, facility, patient, intake):
    care = factories.person(Role.PATIENT_CARE, facility)
    membership = care.memberships.get()
    client = sign_in(intake)
    assert client.post(url("care_team_add", patient.uuid), {"colleague": membership.uuid}).status_code == 302
    assert sign_in(care).get(url("care_team", patient.uuid)).status_code == 200
    member = patient.care_team.get()
    assert client.post(url("care_team_end", patient.uuid, member.uuid)).status_code == 302
    assert sign_in(care).get(url("care_team", patient.uuid)).status_code == 404


def test_an_open_handoff_does_not_let_its_receiver_onto_the_team(sign_in, facility, patient):
    care = factories.person(Role.PATIENT_CARE, facility)
    services.grant_desk(patient=patient, facility=facility, role=Role.PATIENT_CARE, relation=Relation.HANDOFF)
    client, membership = sign_in(care), care.memberships.get()
    assert client.get(url("care_team", patient.uuid)).status_code == 200
    assert client.post(url("care_team_add", patient.uuid), {"colleague": membership.uuid}).status_code == 403
    assert patient.care_team.count() == 0


def test_nobody_of_another_facility_can_be_added_to_the_team(sign_in, other_facility, patient, intake):
    stranger = factories.person(Role.CLINICIAN, other_facility)
    data = {"colleague": stranger.memberships.get().uuid}
    assert sign_in(intake).post(url("care_team_add", patient.uuid), data).status_code == 422


def test_an_alert_and_an_allergy_stand_in_the_header_until_they_end(sign_in, patient, intake):
    client = sign_in(intake)
    client.post(url("flag_add", patient.uuid), {"category": "safety", "text": "Risk of falls"})
    client.post(url("allergy_add", patient.uuid), {"substance": "Penicillin", "criticality": "high"})
    page = client.get(url("address_edit", patient.uuid)).content.decode()
    assert "Risk of falls" in page
    assert "Allergy: Penicillin" in page
    client.post(url("flag_end", patient.uuid, patient.flags.get().uuid))
    client.post(url("allergy_error", patient.uuid, patient.allergies.get().uuid))
    page = client.get(url("address_edit", patient.uuid)).content.decode()
    assert "Risk of falls" not in page
    assert "Allergy: Penicillin" not in page


def test_a_death_is_recorded_and_the_header_says_so(sign_in, patient, intake):
    client = sign_in(intake)
    assert client.post(url("patient_deceased", patient.uuid), {"at": ""}).status_code == 302
    assert "This person has died" in client.get(url("patient_edit", patient.uuid)).content.decode()
