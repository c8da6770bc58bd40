"""The clinical models on the admin site: the same door, never a deletion, history behind the same gate."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.models import AccessEvent
from accounts.roles import Role
from core import audit
from patients import services
from patients.admin import RecordAdmin
from patients.models import AllergyIntolerance, Flag, Note, Patient
from tests import factories

pytestmark = pytest.mark.django_db

OURS = [Patient, Note, AllergyIntolerance, Flag]


@pytest.fixture
def coordinator(facility):
    return factories.person(Role.CLINICAL_COORDINATOR, facility, is_staff=True)


@pytest.fixture
def stranger(other_facility):
    return factories.person(Role.CLINICAL_COORDINATOR, other_facility, is_staff=True)


@pytest.fixture
def superuser():
    return factories.UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def rows(facility, coordinator):
    patient = factories.patient(facility, family_name="Findme")
    note = services.draft_note(patient=patient, text="Slept well.", by=coordinator)
    return {
        Patient: patient,
        Note: services.sign_note(note=note, by=coordinator),
        AllergyIntolerance: services.add_allergy(patient=patient, substance="Penicillin", by=coordinator),
        Flag: services.add_flag(patient=patient, category="safety", text="Falls", by=coordinator),
    }


class Asked:
    """As much of a request as a model admin looks at."""

    def __init__(self, user):
        self.user = user
        self.GET = {}


def of(model) -> RecordAdmin:
    return admin.site._registry[model]


def page(name, model, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.mark.parametrize("model", OURS)
def test_the_coordinator_sees_the_facility_and_changes_nothing_here(rows, model, coordinator):
    asked, row = Asked(coordinator), rows[model]
    assert list(of(model).get_queryset(asked)) == [row]
    assert of(model).has_view_permission(asked, row)
    assert not of(model).has_change_permission(asked, row)
    assert not of(model).has_add_permission(asked)
    assert not of(model).has_delete_permission(asked, row)


@pytest.mark.parametrize("model", OURS)
def test_the_coordinator_of_another_facility_sees_nothing(rows, model, stranger, sign_in):
    asked, row = Asked(stranger), rows[model]
    assert list(of(model).get_queryset(asked)) == []
    assert not of(model).has_view_permission(asked, row)
    client = sign_in(stranger)
    assert client.get(page("change", model, row.pk)).status_code == 404
    assert client.get(page("history", model, row.pk)).status_code == 404
    old = row.history.first().pk
    assert client.get(page("simple_history", model, row.pk, old)).status_code == 404


@pytest.mark.parametrize("model", OURS)
def test_a_superuser_without_membership_sees_nothing(rows, model, superuser, sign_in):
    asked = Asked(superuser)
    assert list(of(model).get_queryset(asked)) == []
    assert not of(model).has_view_permission(asked)
    assert not of(model).has_module_permission(asked)
    client = sign_in(superuser)
    for address in (page("changelist", model), page("change", model, rows[model].pk)):
        assert client.get(address).status_code != 200
    assert client.get(page("history", model, rows[model].pk)).status_code != 200


@pytest.mark.parametrize("model", OURS)
def test_lists_rows_and_history_open_without_inline_style_and_are_logged(rows, model, coordinator, sign_in):
    client, row = sign_in(coordinator), rows[model]
    old = row.history.first().pk
    for address in (
        page("changelist", model), page("change", model, row.pk), page("history", model, row.pk),
        page("simple_history", model, row.pk, old),
    ):  # fmt: skip
        response = client.get(address)
        assert response.status_code == 200, address
        assert " style=" not in response.content.decode(), address
    target = f"admin:{model._meta.label_lower}:{row.pk}"
    assert AccessEvent.objects.filter(target=target, user_id=coordinator.pk).count() == 3
    assert AccessEvent.objects.filter(action=AccessEvent.Action.LIST, user_id=coordinator.pk).exists()


def test_nobody_puts_an_old_edition_back_through_history(rows, coordinator, sign_in):
    flag = rows[Flag]
    address = page("simple_history", Flag, flag.pk, flag.history.first().pk)
    assert sign_in(coordinator).post(address, {"text": "Changed"}).status_code == 403
    flag.refresh_from_db()
    assert flag.text == "Falls"


def test_no_bulk_deletion_is_offered(rows, coordinator):
    assert "delete_selected" not in of(Patient).get_actions(Asked(coordinator))


def test_search_is_by_record_number_or_the_beginning_of_a_name_and_not_by_one_letter(rows, coordinator, sign_in):
    client, patient = sign_in(coordinator), rows[Patient]
    for text, found in ((patient.record_number, True), ("findme", True), ("f", False), ("indme", False)):
        response = client.get(page("changelist", Patient), {"q": text})
        assert (patient.record_number in response.content.decode().replace(f'value="{text}"', "")) is found, text


def test_a_draft_is_not_on_the_admin_site(facility, rows, coordinator):
    services.draft_note(patient=rows[Patient], text="Mine alone", by=factories.person(Role.CLINICIAN, facility))
    assert of(Note).get_queryset(Asked(coordinator)).count() == 1


def test_a_record_names_nobody_in_the_log_of_the_admin_site(rows, coordinator):
    LogEntry.objects.log_actions(coordinator.pk, [rows[Patient]], 2, "changed")
    assert LogEntry.objects.get().object_repr == f"patient {rows[Patient].pk}"


def test_what_is_saved_here_has_its_author_in_history(rows, coordinator):
    flag = rows[Flag]
    flag.text = "Falls at night"
    of(Flag).save_model(Asked(coordinator), flag, None, change=True)
    last = flag.history.first()
    assert (last.history_user, last.history_change_reason, last.text) == (coordinator, "admin", "Falls at night")


def test_a_patient_who_left_is_not_listed_any_more(rows, coordinator, facility):
    belongs = rows[Patient].facilities.get()
    belongs.ends_at = belongs.starts_at
    audit.save(belongs, by=coordinator)
    assert list(of(Patient).get_queryset(Asked(coordinator))) == []
