"""Demographics and coverage."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from core.errors import DomainError
from episodes.models import EpisodeStep
from intake import selectors, services
from intake.models import Coverage
from patients.models import Patient
from tests import factories
from tests.intake import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def patient(facility, intake):
    return rows.referral(facility, intake).patient


@pytest.fixture
def browser(intake, sign_in):
    return sign_in(intake)


def edit(browser, patient, **changes):
    url = reverse("intake:demographics_edit", args=[patient.uuid])
    return browser.post(url, rows.DEMOGRAPHICS | {"version": patient.version} | changes)


def test_one_form_writes_names_contacts_address_and_emergency_contact(browser, patient):
    answer = edit(
        browser,
        patient,
        pronouns="she/her",
        email="marisol@example.net",
        line="12 Elm Street",
        city="Albany",
        emergency_name="Rosa Rivera",
        emergency_phone="555-010-9000",
    )
    assert answer.status_code == 302
    patient.refresh_from_db()
    assert patient.pronouns == "she/her"
    now = selectors.demographics_of(patient)
    assert (now["phone"], now["email"]) == ("555-010-4477", "marisol@example.net")
    assert (now["line"], now["city"], now["emergency_name"]) == ("12 Elm Street", "Albany", "Rosa Rivera")
    assert patient.telecoms.filter(system="phone").count() == 1


def test_a_changed_number_is_a_new_row_and_the_former_one_stays(browser, patient):
    edit(browser, patient, phone="555-010-0001")
    assert sorted(patient.telecoms.values_list("value", "use")) == [("555-010-0001", ""), ("555-010-4477", "old")]
    patient.refresh_from_db()
    edit(browser, patient, phone="555-010-4477")
    assert selectors.demographics_of(patient)["phone"] == "555-010-4477"
    assert patient.telecoms.count() == 2


def test_somebody_else_saved_first_shows_both_texts(browser, patient, intake):
    services.save_demographics(
        patient=patient,
        identity={"preferred_name": "Mari"},
        contact=services.Contact(phone="555-010-7777"),
        expected_version=patient.version,
        by=intake,
    )
    answer = edit(browser, patient, preferred_name="Marisol R.")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert all(text in page for text in ("Mari", "Marisol R.", "555-010-7777", "555-010-4477"))
    assert selectors.demographics_of(patient)["phone"] == "555-010-7777"


def test_an_invalid_form_loses_nothing(browser, patient):
    answer = edit(browser, patient, birth_date="2090-01-01", line="12 Elm Street")
    assert answer.status_code == 422
    assert "future" in answer.content.decode()
    assert "12 Elm Street" in answer.content.decode()
    assert not Patient.objects.filter(birth_date__isnull=False).exists()


def test_a_member_id_is_unreadable_in_the_database_and_in_no_address(browser, patient, intake):
    coverage = rows.coverage(patient, intake, member_id="XQ-77812")
    with connection.cursor() as cursor:
        cursor.execute("SELECT member_id FROM intake_coverage UNION SELECT member_id FROM intake_historicalcoverage")
        stored = [row[0] for row in cursor.fetchall()]
    assert all("XQ-77812" not in text for text in stored)
    coverage.refresh_from_db()
    assert coverage.member_id == "XQ-77812"
    assert "XQ-77812" not in reverse("intake:coverage_check", args=[patient.uuid, coverage.uuid])


def test_adding_a_coverage_leads_on_to_its_check(browser, patient):
    url = reverse("intake:coverage_edit", args=[patient.uuid])
    answer = browser.post(url, {"payer_name": "Blue Plan", "member_id": "X1", "relationship": "self", "order": "1"})
    coverage = Coverage.objects.get()
    assert answer["Location"] == reverse("intake:coverage_check", args=[patient.uuid, coverage.uuid])
    assert coverage.status == "draft"


def test_self_pay_needs_no_check(patient, intake):
    rows.coverage(patient, intake, is_self_pay=True)
    assert selectors.current_episode(patient).steps.get().kind == EpisodeStep.Kind.COVERAGE_CHECKED


def test_a_coverage_names_its_payer(patient, intake):
    with pytest.raises(DomainError, match="who pays"):
        rows.coverage(patient, intake, payer_name=" ")


def check(coverage, by, **changes):
    facts = {"via": "phone", "note": "Spoke to J.", "authorised_until": None, "is_active": True} | changes
    return services.check_coverage(coverage=coverage, by=by, **facts)


def test_a_check_reaches_the_step_and_a_changed_member_id_has_to_be_checked_again(patient, intake):
    coverage = check(rows.coverage(patient, intake), intake)
    episode = selectors.current_episode(patient)
    assert selectors.checklist(patient, episode)[1].state == "done"
    coverage.member_id = "OTHER"
    services.save_coverage(coverage=coverage, by=intake, expected_version=coverage.version)
    assert coverage.status == "draft"
    assert selectors.checklist(patient, episode)[1].missing == "Not checked yet."


def test_a_payer_who_says_no_does_not_reach_the_step(patient, intake):
    check(rows.coverage(patient, intake), intake, is_active=False)
    assert not selectors.current_episode(patient).steps.exists()


def test_a_card_authorizes_nothing_and_the_past_neither(patient, intake):
    coverage, today = rows.coverage(patient, intake), timezone.localdate()
    with pytest.raises(DomainError, match="card"):
        check(coverage, intake, via="card", authorised_until=today)
    with pytest.raises(DomainError, match="ended already"):
        check(coverage, intake, authorised_until=today - timedelta(days=1))


def test_coverage_that_needs_attention_is_listed_with_its_next_action(
    facility, patient, intake, django_assert_num_queries
):
    coverage = rows.coverage(patient, intake)
    with django_assert_num_queries(1):
        found = selectors.coverage_attention(facility)
    assert [(row["status"], row["url"]) for row in found] == [
        ("Not yet checked", reverse("intake:coverage_check", args=[patient.uuid, coverage.uuid]))
    ]
    check(coverage, intake, authorised_until=timezone.localdate() + timedelta(days=4))
    assert selectors.coverage_attention(facility)[0]["tone"] == "warning"
    check(coverage, intake, authorised_until=timezone.localdate() + timedelta(days=40))
    assert selectors.coverage_attention(facility) == []


def test_a_coverage_of_another_person_is_not_found(browser, patient, facility, intake):
    other = rows.referral(facility, intake, family_name="Other", phone="").patient
    foreign = rows.coverage(other, intake)
    assert browser.get(reverse("intake:coverage_edit", args=[patient.uuid, foreign.uuid])).status_code == 404
