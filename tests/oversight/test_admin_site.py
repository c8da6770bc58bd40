"""The admin site: who gets in, to which rows of which facility, and that nothing there is ever deleted."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import live_memberships
from accounts.admin import FacilityMatterAdmin
from accounts.models import AccessEvent, Facility, Location, Membership, User
from accounts.roles import Perm, Role
from episodes import services as episodes
from episodes.models import EpisodeOfCare, Handoff, Task
from patients.admin import RecordAdmin
from patients.models import Patient
from scheduling.models import AppointmentType
from tests import factories
from tests.conftest import signed_in
from tests.oversight import stage

pytestmark = pytest.mark.django_db

OURS = {
    model: site for model, site in admin.site._registry.items() if isinstance(site, (RecordAdmin, FacilityMatterAdmin))
}
CLINICAL = [model for model, site in OURS.items() if isinstance(site, RecordAdmin)]
SETUP = [model for model, site in OURS.items() if getattr(site, "perm", None) == Perm.SETUP_EDIT]
COORDINATOR_ONLY = [model for model in OURS if model not in SETUP]
NEITHER = [role for role in Role.values if role not in {Role.CLINICAL_COORDINATOR, Role.TECHNICAL}]


def label(model):
    return model._meta.label


def page(name, model, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def pages(model, pk=1):
    return [page("changelist", model), page("add", model), page("change", model, pk), page("history", model, pk)]


def others():
    autocomplete = reverse("admin:autocomplete") + "?app_label=episodes&model_name=task&field_name=patient&term=CC-"
    return ["/admin/", "/admin/lists/overdue/", "/admin/jsi18n/", "/admin/accounts/", autocomplete]


def every_page():
    return others() + [path for model in admin.site._registry for path in pages(model)]


def to_sign_in(client, path):
    """Whether the way from there ends on the sign-in page."""
    chain = client.get(path, follow=True).redirect_chain
    return bool(chain) and chain[-1][0].startswith(reverse("account_login"))


def test_every_model_of_ours_passes_one_of_the_two_gates():
    foreign = {label(model) for model in admin.site._registry if model not in OURS}
    ours = {"accounts", "staff", "patients", "episodes", "records", "scheduling", "intake", "careplans", "activities"}
    assert not {name for name in foreign if name.split(".")[0] in ours}


def test_nobody_signed_in_is_led_to_the_one_sign_in_page(db):
    client = Client()
    assert [path for path in others() + pages(Patient) + pages(User) if not to_sign_in(client, path)] == []


@pytest.mark.parametrize("role", NEITHER)
def test_other_roles_do_not_get_in(role, facility):
    client = signed_in(factories.person(role, facility, is_staff=True))
    refused = {path: client.get(path).status_code for path in every_page() if path != "/admin/jsi18n/"}
    assert {path: code for path, code in refused.items() if code != 403} == {}


def test_a_superuser_without_a_role_gets_nothing(db):
    client = signed_in(factories.UserFactory(is_staff=True, is_superuser=True))
    assert [path for path in every_page() if path != "/admin/jsi18n/" and client.get(path).status_code != 403] == []


def test_a_role_that_has_ended_opens_nothing(coordinator, board):
    Membership.objects.filter(user=coordinator).update(ends_at=timezone.now())
    assert board.get("/admin/").status_code == 403


@pytest.mark.parametrize("model", SETUP, ids=label)
def test_setup_is_the_technical_administrators_alone(model, board, technical):
    client = signed_in(technical)
    assert client.get(page("changelist", model)).status_code == 200
    assert client.get(page("add", model)).status_code == (403 if model is Facility else 200)
    assert [path for path in pages(model) if board.get(path).status_code not in {302, 403}] == []


@pytest.mark.parametrize("model", COORDINATOR_ONLY, ids=label)
def test_what_concerns_patients_and_care_is_the_coordinators_alone(model, board, technical):
    assert board.get(page("changelist", model)).status_code == 200
    client = signed_in(technical)
    answers = [client.get(path).status_code for path in pages(model)]
    assert set(answers) <= {302, 403, 404}, "the technical administrator configures and sees no patient data"


@pytest.mark.parametrize("model", OURS, ids=label)
def test_nothing_is_ever_deleted_here(model, board, technical):
    for client in (board, signed_in(technical)):
        assert client.get(page("delete", model, 1)).status_code in {302, 403, 404}
        changes = client.post(page("changelist", model), {"action": "delete_selected", "_selected_action": [1]})
        assert "delete_selected" not in changes.content.decode()
    assert not OURS[model].has_delete_permission(None)


@pytest.mark.parametrize("model", CLINICAL, ids=label)
def test_clinical_rows_are_read_here_and_not_written(model, board):
    assert board.get(page("add", model)).status_code == 403


class TestAnotherFacility:
    """A coordinator of another house sees none of this one's rows, by whatever way he asks."""

    @pytest.fixture
    def rows(self, facility, intake):
        episode = stage.in_care(facility, by=intake, family_name="Findme")
        handoff = episodes.send_handoff(
            episode=episode, from_role=Role.INTAKE, to_role=Role.PATIENT_CARE, next_step="Plan", by=intake
        )
        task = episodes.add_task(
            patient=episode.patient, text="Call", role=Role.INTAKE, due_at=timezone.now(), by=intake
        )
        return {Patient: episode.patient, EpisodeOfCare: episode, Handoff: handoff, Task: task}

    @pytest.fixture
    def stranger(self, other_facility):
        return signed_in(factories.person(Role.CLINICAL_COORDINATOR, other_facility))

    @pytest.mark.parametrize("model", [Patient, EpisodeOfCare, Handoff, Task], ids=label)
    def test_list_row_history_and_search(self, model, rows, stranger, board):
        row, number = rows[model], rows[Patient].record_number
        for client, seen in ((board, True), (stranger, False)):
            listed = client.get(page("changelist", model)).context["cl"].result_count
            found = client.get(page("changelist", model), {"q": number}).context["cl"].result_count
            assert (listed, found) == (int(seen), int(seen))
            for path in (page("change", model, row.pk), page("history", model, row.pk)):
                assert client.get(path).status_code == (200 if seen else 404)
            old = page("simple_history", model, row.pk, row.history.first().pk)
            assert client.get(old).status_code == (200 if seen else 404)

    def test_autocomplete(self, rows, stranger, board):
        asked = {"app_label": "episodes", "model_name": "task", "field_name": "patient", "term": "findme"}
        assert len(board.get(reverse("admin:autocomplete"), asked).json()["results"]) == 1
        assert stranger.get(reverse("admin:autocomplete"), asked).json()["results"] == []

    def test_opening_a_row_is_in_the_read_log(self, rows, board, coordinator):
        row = rows[EpisodeOfCare]
        board.get(page("change", EpisodeOfCare, row.pk))
        line = AccessEvent.objects.get(target=f"admin:episodes.episodeofcare:{row.pk}")
        assert (line.user_id, line.patient_id) == (coordinator.pk, row.patient_id)

    def test_facility_matters(self, facility, other_facility, technical):
        theirs = factories.LocationFactory(facility=other_facility)
        client = signed_in(technical)
        assert client.get(page("changelist", Location)).context["cl"].result_count == 0
        assert client.get(page("change", Location, theirs.pk)).status_code == 302
        data = {"facility": other_facility.pk, "kind": "room", "name": "Mine", "operational_status": "free"}
        refused = client.post(page("add", Location), data)
        assert "facility" in refused.context["adminform"].form.errors

    def test_people_of_another_house_cannot_be_changed(self, other_facility, technical):
        theirs = factories.person(Role.CLINICIAN, other_facility)
        new = factories.UserFactory()
        client = signed_in(technical)
        assert client.get(page("change", User, theirs.pk)).status_code == 302
        assert client.get(page("change", User, new.pk)).status_code == 200


class TestRoles:
    """The technical administrator begins and ends roles."""

    def begin(self, client, user, facility, role=Role.CLERK):
        started = timezone.localtime(timezone=facility.tz).strftime("%Y-%m-%dT%H:%M")
        data = {"user": user.pk, "facility": facility.pk, "role": role, "starts_at": started}
        return client.post(page("add", Membership), data)

    def end(self, client, *rows, **more):
        data = {"action": "end_roles", "_selected_action": [row.pk for row in rows]} | more
        return client.post(page("changelist", Membership), data, follow=True)

    def test_a_role_given_here_takes_effect_with_the_next_request(self, technical, facility):
        user = factories.UserFactory()
        assert signed_in(user).get(reverse("records:submission_list")).status_code == 403
        assert self.begin(signed_in(technical), user, facility).status_code == 302
        assert [row.role for row in live_memberships(user)] == [Role.CLERK]
        assert signed_in(user).get(reverse("records:submission_list")).status_code == 200
        made = user.memberships.get()
        assert made.history.first().history_user == technical
        assert AccessEvent.objects.filter(target=f"membership:{made.pk}", code="begun", user_id=technical.pk).exists()

    def test_the_same_role_twice_is_refused_on_the_form(self, technical, facility, intake):
        response = self.begin(signed_in(technical), intake, facility, Role.INTAKE)
        assert response.status_code == 200
        assert response.context["adminform"].form.errors["role"]
        assert intake.memberships.count() == 1

    def test_no_role_is_given_at_a_facility_of_somebody_else(self, technical, other_facility):
        response = self.begin(signed_in(technical), technical, other_facility, Role.CLINICAL_COORDINATOR)
        assert "facility" in response.context["adminform"].form.errors
        assert technical.memberships.count() == 1

    def test_ending_a_role_asks_first(self, technical, intake):
        membership = intake.memberships.get()
        response = self.end(signed_in(technical), membership)
        assert "These roles end now" in response.content.decode()
        membership.refresh_from_db()
        assert membership.ends_at is None

    def test_a_role_nobody_depends_on_ends_now(self, technical, intake):
        membership = intake.memberships.get()
        response = self.end(signed_in(technical), membership, yes="1")
        assert "is no longer intake coordinator" in response.content.decode()
        assert live_memberships(intake) == []
        assert membership.history.first().history_user == technical

    def test_a_role_on_which_care_hangs_stays_and_says_why(self, technical, intake, facility):
        stage.in_care(facility, by=intake)
        response = self.end(signed_in(technical), intake.memberships.get(), yes="1")
        assert "still has 1 next step" in response.content.decode()
        assert [row.role for row in live_memberships(intake)] == [Role.INTAKE]

    def test_no_role_of_another_facility_is_ended(self, technical, other_facility):
        theirs = factories.person(Role.INTAKE, other_facility)
        self.end(signed_in(technical), theirs.memberships.get(), yes="1")
        assert [row.role for row in live_memberships(theirs)] == [Role.INTAKE]

    def test_a_coordinator_ends_no_role(self, board, intake):
        assert self.end(board, intake.memberships.get(), yes="1").status_code == 403
        assert [row.role for row in live_memberships(intake)] == [Role.INTAKE]

    def test_a_person_is_named_once_by_address(self, technical, intake, facility):
        client = signed_in(technical)
        data = {"email": intake.email.upper(), "given_name": "A", "family_name": "B", "usable_password": "false"}
        response = client.post(page("add", User), data, follow=True)
        assert User.objects.filter(email__iexact=intake.email).count() == 1
        assert response.status_code == 200


def test_passwords_and_signing_out_are_where_everybody_has_them(board):
    assert board.get("/admin/password_change/").url == reverse("account_change_password")
    assert board.get("/admin/logout/").url == reverse("account_logout")


def test_what_is_set_up_here_has_its_author_in_history(facility, board, coordinator):
    data = {"facility": facility.pk, "code": "visit", "name": "Visit", "minutes": 30, "buffer_minutes": 0}
    data |= {"place_of_service": "11", "tone": "info", "is_active": "on"}
    response = board.post(page("add", AppointmentType), data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert AppointmentType.objects.get(code="visit").history.first().history_user == coordinator


@pytest.mark.parametrize("rows", [10, 200])
def test_a_list_costs_the_same_whatever_it_holds(rows, facility, intake, board, django_assert_max_num_queries):
    for _ in range(rows):
        stage.in_care(facility, by=intake)
    board.get(page("changelist", EpisodeOfCare))
    with django_assert_max_num_queries(LIST_QUERIES):
        board.get(page("changelist", EpisodeOfCare))


LIST_QUERIES = 25


def test_pages_come_in_our_frame_without_inline_style(board, technical, facility):
    row = factories.LocationFactory(facility=facility)
    for path in (page("changelist", Location), page("change", Location, row.pk), page("add", Membership)):
        text = signed_in(technical).get(path).content.decode()
        assert 'class="cc-desk cc-admin' in text
        assert " style=" not in text
        assert "<style" not in text
