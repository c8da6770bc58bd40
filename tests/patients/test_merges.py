"""Two records become one and two again: nothing is lost, nothing is left behind, nothing happens twice."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Perm, Role
from core import audit
from core.errors import DomainError
from episodes import services as episodes
from intake.models import Coverage
from patients import services
from patients.access import MergedAway, get_patient
from patients.models import Merge, NotSamePerson, Patient
from patients.selectors import merges as selectors
from patients.selectors import search
from patients.services.merges import moving_fields, rehearse
from records.models import Document
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def clinician(facility):
    return factories.person(Role.CLINICIAN, facility)


@pytest.fixture
def survivor(facility):
    patient = factories.patient(facility)
    factories.email_address(patient)
    return patient


@pytest.fixture
def duplicate(facility, intake, clinician):
    """With rows of every kind: to move, to stay because they are there, to stay because they are final, to end."""
    patient = factories.patient(facility, given_name="Maricel", family_name="Rivera-Soto", record_number="OLD-7")
    factories.email_address(patient)
    services.add_contact_point(patient=patient, system="phone", value="212 555 0142", by=intake)
    services.add_allergy(patient=patient, substance="Penicillin", by=intake)
    services.add_care_team_member(patient=patient, user=clinician, facility=facility, role=Role.CLINICIAN, by=intake)
    services.sign_note(note=services.draft_note(patient=patient, text="Slept well.", by=clinician), by=clinician)
    factories.episode(patient, facility, by=intake)
    audit.save(Coverage(patient=patient, payer_name="Acme"), by=intake)
    document = Document(patient=patient, facility=facility, kind="other", title="Letter", text="Dear", sha256="0" * 64)
    document.author = intake
    audit.save(document, by=intake)
    return patient


LEFT_OUT = ("accounts.AccessEvent", "accounts.RowVersion", "sessions.", "patients.Merge", "patients.GrantPeriod")


def everything() -> dict[str, list[dict]]:
    """Every row of every table of ours but history, log and the bookkeeping of versions."""
    found = {}
    for model in apps.get_models():
        label = model._meta.label
        left_out = label.startswith(LEFT_OUT)
        if left_out or model.__name__.startswith("Historical"):
            continue
        rows = model._base_manager.order_by("pk").values()
        bookkeeping = {"version", "updated_at"} | ({"id"} if label == "patients.SearchKey" else set())
        found[label] = sorted(
            ({name: value for name, value in row.items() if name not in bookkeeping} for row in rows), key=str
        )
    return found


def merged(survivor, duplicate, by, reason="Same card"):
    return services.merge(survivor=survivor, duplicate=duplicate, reason=reason, by=by)


def test_merge_and_undo_leave_the_database_as_it_was(survivor, duplicate, intake):
    before = everything()
    row = merged(survivor, duplicate, intake)
    assert everything() != before
    services.undo_merge(merged=row, by=intake)
    after = everything()
    assert {label for label in before if before[label] != after[label]} == set()


def test_every_model_of_the_house_that_names_a_patient_is_walked():
    ours = {
        model
        for model in apps.get_models()
        if not model.__name__.startswith("Historical")
        and any(field.related_model is Patient for field in model._meta.concrete_fields if field.is_relation)
    }
    assert ours - {model for model, _ in moving_fields()} == {
        apps.get_model("patients", name) for name in ("SearchKey", "Merge", "NotSamePerson", "GrantPeriod")
    }


def test_rows_move_with_history_and_author_and_final_ones_stay(survivor, duplicate, intake):
    row = merged(survivor, duplicate, intake)
    note = survivor.notes.get()
    assert (note.history.first().history_user, note.history.first().history_change_reason) == (intake, "merge")
    assert note.version == note.history.first().version
    assert survivor.episodes.count() == survivor.allergies.count() == survivor.coverages.count() == 1
    assert duplicate.telecoms.count() == 1  # the survivor has this address already
    assert Document.objects.get().patient == duplicate
    assert Document.objects.filter(patient__in=survivor.same_person).count() == 1
    assert duplicate.facilities.get().ends_at is not None
    assert {entry["model"] for entry in row.moved} >= {"patients.note", "episodes.episodeofcare", "intake.coverage"}


def test_the_duplicates_address_leads_on_and_the_person_is_found_by_both(survivor, duplicate, intake, facility):
    merged(survivor, duplicate, intake)
    with pytest.raises(MergedAway):
        get_patient(intake, duplicate.uuid, Perm.NAME_VIEW)
    client = signed_in(intake)
    path = reverse("patients:note_list", args=[duplicate.uuid])
    there = reverse("patients:note_list", args=[survivor.uuid])
    assert client.get(path)["Location"] == there
    posted = client.post(reverse("patients:patient_edit", args=[duplicate.uuid]), {})
    assert posted["Location"] == survivor.get_absolute_url()
    stranger = factories.person(Role.INTAKE, factories.FacilityFactory())
    with pytest.raises(Http404):
        get_patient(stranger, duplicate.uuid, Perm.NAME_VIEW)
    for text in ("maricel", "rivera-soto", "OLD-7", "rivera", survivor.record_number, "0142"):
        assert search(intake, facility, text) == [survivor], text


def test_who_cared_for_the_duplicate_sees_the_survivor(survivor, duplicate, intake, clinician):
    merged(survivor, duplicate, intake)
    assert get_patient(clinician, survivor.uuid, Perm.ASSESSMENT_EDIT) == survivor


def test_two_open_episodes_are_settled_first_and_nothing_moved(survivor, duplicate, intake, facility):
    factories.episode(survivor, facility, by=intake)
    before = everything()
    moves, refusal = rehearse(survivor=survivor, duplicate=duplicate, by=intake)
    assert "open episode" in refusal
    with pytest.raises(DomainError, match="open episode"):
        merged(survivor, duplicate, intake)
    assert everything() == before


def test_the_rehearsal_says_what_the_merge_does_and_leaves_nothing(survivor, duplicate, intake):
    before = everything()
    moves, refusal = rehearse(survivor=survivor, duplicate=duplicate, by=intake)
    assert refusal == ""
    assert everything() == before
    row = merged(survivor, duplicate, intake)
    assert {(e["model"], e["id"]) for e in row.moved} == {(e["model"], e["id"]) for e in moves.moved}
    assert moves.staying == {"patients.ContactPoint": 1, "records.Document": 1}


def test_an_edit_since_forbids_the_undo_and_is_named(survivor, duplicate, intake):
    row = merged(survivor, duplicate, intake)
    allergy = survivor.allergies.get()
    services.mark_allergy_in_error(allergy=allergy, by=intake)
    with pytest.raises(DomainError, match=f"intolerance {allergy.pk} was changed"):
        services.undo_merge(merged=row, by=intake)
    duplicate.refresh_from_db()
    assert duplicate.merged_into == survivor


def test_what_was_added_since_and_hangs_on_a_moved_row_forbids_it_too(survivor, duplicate, intake, clinician):
    row = merged(survivor, duplicate, intake)
    services.add_addendum(note=survivor.notes.get(), text="And ate well.", by=clinician)
    with pytest.raises(DomainError, match="was added since"):
        services.undo_merge(merged=row, by=intake)


def test_what_was_added_by_itself_stays_with_the_survivor(survivor, duplicate, intake):
    row = merged(survivor, duplicate, intake)
    services.add_flag(patient=survivor, category="safety", text="Falls", by=intake)
    services.undo_merge(merged=row, by=intake)
    assert survivor.flags.count() == 1
    with pytest.raises(DomainError, match="already"):
        services.undo_merge(merged=row, by=intake)


def test_a_chain_of_merges_leads_to_the_last_and_is_undone_from_its_end(survivor, duplicate, intake, facility):
    third = factories.patient(facility, family_name="Riviera")
    first = merged(survivor, duplicate, intake)
    second = merged(third, survivor, intake)
    with pytest.raises(MergedAway) as led:
        get_patient(intake, duplicate.uuid, Perm.NAME_VIEW)
    assert led.value.survivor == third
    with pytest.raises(DomainError, match="merged meanwhile"):
        services.undo_merge(merged=first, by=intake)
    services.undo_merge(merged=second, by=intake)
    services.undo_merge(merged=first, by=intake)
    assert not Patient.objects.filter(merged_into__isnull=False).exists()


def test_nobody_books_for_a_record_that_was_merged_away(survivor, duplicate, intake):
    merged(survivor, duplicate, intake)
    with pytest.raises(DomainError, match="merged into another"):
        services.locked_patient(duplicate)


def test_pairs_are_found_by_birth_date_and_sound_and_by_telephone(survivor, duplicate, intake, facility):
    twin = factories.patient(facility, given_name="Pablo", family_name="Rivera")
    other = factories.patient(facility, given_name="Ines", family_name="Unlike", birth_date=None)
    pairs = {(row["left"].pk, row["right"].pk): row for row in selectors.possible_pairs(intake, facility)}
    assert (survivor.pk, duplicate.pk) in pairs or (duplicate.pk, survivor.pk) in pairs
    assert not any(other.pk in pair for pair in pairs)
    services.mark_not_same(one=twin, other=survivor, by=intake)
    services.mark_not_same(one=survivor, other=twin, by=intake)
    assert NotSamePerson.objects.count() == 1
    left = {frozenset((row["left"].pk, row["right"].pk)) for row in selectors.possible_pairs(intake, facility)}
    assert frozenset((twin.pk, survivor.pk)) not in left


def test_the_list_costs_the_same_at_10_and_at_200_rows(intake, facility, django_assert_num_queries):
    def twins(numbers):
        for number in numbers:
            born = timezone.localdate() - timedelta(days=9000 + number)
            for _ in range(2):
                factories.patient(facility, given_name="Ana", family_name=f"Lopez{number}", birth_date=born)

    twins(range(10))
    with django_assert_num_queries(2):  # pairs, people
        assert len(selectors.possible_pairs(intake, facility)) == 10
    twins(range(10, 100))
    with django_assert_num_queries(2):
        assert len(selectors.possible_pairs(intake, facility)) >= 100


def test_the_pages_lead_from_the_list_to_the_merge_and_back(survivor, duplicate, intake):
    client = signed_in(intake)
    compare = reverse("patients:duplicate_compare", args=[survivor.uuid, duplicate.uuid])
    page = client.get(compare).content.decode()
    assert "Rivera-Soto" in page
    assert "Differs" in page
    path = reverse("patients:merge", args=[survivor.uuid, duplicate.uuid])
    assert "Each of them" in client.get(path).content.decode()
    assert client.post(path, {"reason": ""}).status_code == 422
    assert client.post(path, {"reason": "Same card"}).status_code == 302
    listing = client.get(reverse("patients:duplicate_list")).content.decode()
    assert "OLD-7 into" in listing
    row = Merge.objects.get()
    assert client.post(reverse("patients:merge_undo", args=[survivor.uuid, row.uuid])).status_code == 302
    row.refresh_from_db()
    assert row.undone_by == intake


def test_the_coordinator_looks_and_does_not_merge(survivor, duplicate, facility):
    client: Client = signed_in(factories.person(Role.CLINICAL_COORDINATOR, facility))
    page = client.get(reverse("patients:duplicate_compare", args=[survivor.uuid, duplicate.uuid]))
    assert "One person: keep" not in page.content.decode()
    assert client.post(reverse("patients:merge", args=[survivor.uuid, duplicate.uuid])).status_code == 403


def test_the_episode_goes_on_under_its_owner(survivor, duplicate, intake, facility):
    merged(survivor, duplicate, intake)
    episode = survivor.episodes.get()
    episodes.set_next_step(
        episode=episode, next_step="Call", due_at=episode.due_at, by=intake, expected_version=episode.version
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT sort_key FROM patients_patientgrant WHERE content_object_id = %s", [survivor.pk])
        assert {row[0] for row in cursor.fetchall()} == {survivor.sort_key}


def test_a_number_that_many_share_pairs_nobody(facility, intake, survivor):
    def share(number):
        for _ in range(number):
            person = factories.patient(facility, birth_date=None, given_name="Marisol")
            services.add_contact_point(patient=person, system="phone", value="212 555 0177", by=intake)
        return len(selectors.possible_pairs(intake, facility))

    assert share(3) == 3
    assert share(selectors.SHARED_BY - 2) == 0
