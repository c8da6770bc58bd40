"""What may change on the shared record, and what may not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.utils import timezone

from accounts.roles import Perm, Role
from core.errors import Conflict, DomainError
from patients import selectors, services
from patients.access import get_patient
from patients.models import Note
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def clinician(facility):
    return factories.person(Role.CLINICIAN, facility)


@pytest.fixture
def patient(facility):
    return factories.patient(facility)


def test_a_changed_name_is_found_by_its_new_keys_and_history_names_its_author(patient, intake):
    services.update_patient(patient=patient, expected_version=1, family_name="Núñez", preferred_name="Mari", by=intake)
    patient.refresh_from_db()
    assert (patient.sort_key, patient.version) == ("nunez mari", 2)
    keys = set(patient.search_keys.values_list("key", flat=True))
    assert {"nunez", "nunez mari", "mari nunez"} <= keys
    assert "rivera" not in keys
    assert patient.history.first().history_user == intake


def test_the_record_number_is_not_changed_by_the_form(patient, intake):
    number = patient.record_number
    services.update_patient(patient=patient, expected_version=1, record_number="STOLEN", by=intake)
    patient.refresh_from_db()
    assert patient.record_number == number


def test_the_second_of_two_editors_is_refused(patient, intake):
    services.update_patient(patient=patient, expected_version=1, pronouns="she/her", by=intake)
    with pytest.raises(Conflict):
        services.update_patient(patient=patient, expected_version=1, pronouns="they/them", by=intake)
    patient.refresh_from_db()
    assert patient.pronouns == "she/her"


def test_a_birth_date_does_not_lie_ahead(patient, intake):
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(DomainError, match="future"):
        services.update_patient(patient=patient, expected_version=1, birth_date=tomorrow, by=intake)


def test_deceased_is_marked_once_and_without_a_time_if_it_is_not_known(patient, intake):
    services.mark_deceased(patient=patient, at=None, by=intake)
    services.mark_deceased(patient=patient, at=None, by=intake)
    patient.refresh_from_db()
    assert (patient.deceased, patient.deceased_at, patient.version) == (True, None, 2)
    with pytest.raises(DomainError, match="future"):
        services.mark_deceased(patient=patient, at=timezone.now() + timedelta(hours=1), by=intake)


def test_a_contact_is_kept_as_typed_and_found_by_its_last_digits(patient, intake):
    contact = services.add_contact_point(patient=patient, system="phone", value="+1 (212) 555-0142", by=intake)
    assert (contact.value, contact.search_key) == ("+1 (212) 555-0142", "2125550142")
    assert {"+2125550142", "#2410555212"} <= set(patient.search_keys.values_list("key", flat=True))
    with pytest.raises(DomainError, match="already"):
        services.add_contact_point(patient=patient, system="phone", value="+1 (212) 555-0142", by=intake)


def test_a_changed_address_lifts_the_suspension_by_a_bounce(patient, intake):
    contact = factories.email_address(patient)
    contact.suspended_reason = "bounce"
    services.change_contact_point(contact=contact, expected_version=1, value="new@example.net", by=intake)
    contact.refresh_from_db()
    assert (contact.suspended_reason, contact.search_key) == ("", "new@example.net")


def test_a_retired_contact_stays_on_the_record_and_is_not_offered(patient, intake):
    contact = factories.email_address(patient)
    services.retire_contact_point(contact=contact, by=intake)
    assert patient.telecoms.get().use == "old"
    assert list(selectors.contact_points(patient)) == []


def test_an_emergency_contact_can_be_reached(patient, intake):
    with pytest.raises(DomainError, match="telephone"):
        services.add_related_person(patient=patient, name="Luis", is_emergency_contact=True, by=intake)
    services.add_related_person(
        patient=patient, name="Luis", phone="212 555 0100", is_emergency_contact=True, by=intake
    )
    assert [row.name for row in selectors.related_people(patient)] == ["Luis"]


def test_an_allergy_is_noted_once_and_an_error_warns_nobody(patient, intake):
    allergy = services.add_allergy(patient=patient, substance="Penicillin", by=intake)
    with pytest.raises(DomainError, match="already"):
        services.add_allergy(patient=patient, substance="penicillin ", by=intake)
    services.mark_allergy_in_error(allergy=allergy, by=intake)
    assert list(selectors.allergies(patient)) == []
    assert patient.allergies.get().entered_in_error


def test_a_flag_ends_now_or_at_its_time(patient, intake):
    flag = services.add_flag(patient=patient, category="safety", text="Falls", by=intake)
    with pytest.raises(DomainError, match="ahead"):
        services.add_flag(patient=patient, category="safety", text="Past", ends_at=timezone.now(), by=intake)
    services.end_flag(flag=flag, by=intake)
    services.end_flag(flag=flag, by=intake)
    assert list(selectors.flags(patient)) == []
    assert patient.flags.get().version == 2


def test_only_its_author_changes_and_signs_a_draft_and_nobody_else_sees_it(patient, clinician, intake):
    note = services.draft_note(patient=patient, text="Slept well.", by=clinician)
    with pytest.raises(DomainError, match="author"):
        services.sign_note(note=note, by=intake)
    assert list(selectors.notes(patient, intake)) == []
    with pytest.raises(Http404):
        selectors.note_of(patient, note.uuid, intake)
    services.change_note(note=note, text="Slept badly.", kind="progress", expected_version=1, by=clinician)
    services.sign_note(note=note, by=clinician)
    assert [row.text for row in selectors.notes(patient, intake)] == ["Slept badly."]


def test_a_signed_note_takes_an_addendum_and_no_change(patient, clinician, intake):
    note = services.draft_note(patient=patient, text="Slept well.", by=clinician)
    with pytest.raises(DomainError, match="draft"):
        services.add_addendum(note=note, text="And ate.", by=intake)
    note = services.sign_note(note=note, by=clinician)
    with pytest.raises(DomainError, match="final"):
        services.change_note(note=note, text="No.", kind="progress", expected_version=2, by=clinician)
    addendum = services.add_addendum(note=note, text="And ate.", by=intake)
    assert (addendum.signed_at is not None, addendum.author) == (True, intake)
    with pytest.raises(DomainError, match="note itself"):
        services.add_addendum(note=addendum, text="More.", by=intake)


@pytest.mark.parametrize(
    "column", ["text = 'changed'", "signed_at = NULL", "author_id = %(other)s", "kind = 'contact'"]
)
def test_the_database_refuses_to_change_a_signed_note(patient, clinician, intake, column):
    note = services.sign_note(note=services.draft_note(patient=patient, text="A", by=clinician), by=clinician)
    with (
        pytest.raises(IntegrityError, match="note_signed_is_final"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE patients_note SET {column} WHERE id = %(note)s", {"note": note.pk, "other": intake.pk})


def test_a_signed_note_is_marked_as_entered_in_error_by_its_author_and_keeps_its_text(patient, clinician, intake):
    note = services.sign_note(note=services.draft_note(patient=patient, text="A", by=clinician), by=clinician)
    with pytest.raises(DomainError, match="author"):
        services.mark_note_in_error(note=note, by=intake)
    services.mark_note_in_error(note=note, by=clinician)
    row = Note.objects.get()
    assert (row.entered_in_error, row.text) == (True, "A")


def test_a_place_on_the_team_opens_the_chart_and_its_end_closes_it(patient, facility, clinician, intake):
    member = services.add_care_team_member(
        patient=patient, user=clinician, facility=facility, role=Role.CLINICIAN, by=intake
    )
    assert get_patient(clinician, patient.uuid, Perm.ASSESSMENT_EDIT) == patient
    services.end_care_team_member(member=member, by=intake)
    services.end_care_team_member(member=member, by=intake)
    with pytest.raises(Http404):
        get_patient(clinician, patient.uuid, Perm.ASSESSMENT_EDIT)


def test_lists_take_one_query_each(patient, intake, django_assert_num_queries):
    for number in range(5):
        note = services.draft_note(patient=patient, text=f"{number}", by=intake)
        services.add_addendum(note=services.sign_note(note=note, by=intake), text="More", by=intake)
    with django_assert_num_queries(2):
        assert len([note.author.email for note in selectors.notes(patient, intake) for _ in note.addenda.all()]) == 5
