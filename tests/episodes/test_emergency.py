"""Breaking the glass: what it opens, to whom, for how long, who learns of it, and who reviews it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse

from accounts import services as accounts
from accounts.models import AccessEvent
from accounts.roles import BREAK_GLASS, GRANTS, Perm, Role, Scope
from core.errors import DomainError
from episodes import services
from episodes.models import Task
from episodes.selectors import emergency as selectors
from episodes.selectors import strip_counts
from patients.access import get_patient, log_classes, permissions, visible_patients
from patients.models import EmergencyAccess
from patients.selectors import search
from tests import factories

pytestmark = pytest.mark.django_db
WHY = "Found unconscious on the unit"


@pytest.fixture
def clinician(facility):
    return factories.person(Role.CLINICIAN, facility)


@pytest.fixture
def privacy(facility):
    return factories.person(Role.PRIVACY_OFFICER, facility)


@pytest.fixture
def broken(patient, facility, clinician):
    return open_it(patient, facility, clinician)


def open_it(patient, facility, by, words=WHY):
    return services.open_emergency_access(patient=patient, facility=facility, reason="emergency", words=words, by=by)


@pytest.mark.parametrize("role", list(Role))
def test_it_opens_what_the_table_says_to_read_and_nothing_else(role, patient, facility):
    user = factories.person(role, facility)
    before = permissions(user, patient)
    try:
        open_it(patient, facility, user)
    except DomainError:
        assert role not in BREAK_GLASS
        assert permissions(user, patient) == before
        return
    assert permissions(user, patient) == before | BREAK_GLASS[role]
    assert not any(perm.writes for perm in BREAK_GLASS[role])
    assert not any(perm.value.startswith("counseling") for perm in BREAK_GLASS[role])


def test_it_ends_by_itself_after_an_hour(broken, patient, clinician):
    assert get_patient(clinician, patient.uuid, Perm.PLAN_VIEW) == patient
    with time_machine.travel(broken.until + timedelta(seconds=1), tick=False), pytest.raises(Http404):
        get_patient(clinician, patient.uuid, Perm.PLAN_VIEW)


def test_a_lost_role_ends_it_with_the_next_request(broken, patient, clinician):
    accounts.end_membership(membership=clinician.memberships.get(), by=None, reason="test")
    with pytest.raises(Http404):
        get_patient(clinician, patient.uuid, Perm.PLAN_VIEW)


def test_another_role_does_not_keep_what_the_lost_one_opened(broken, patient, clinician, facility):
    accounts.begin_membership(user=clinician, facility=facility, role=Role.ACTIVITIES, by=None, reason="test")
    accounts.end_membership(membership=clinician.memberships.get(role=Role.CLINICIAN), by=None, reason="test")
    assert permissions(clinician, patient) == frozenset()


def test_it_is_ended_by_its_owner_alone(broken, patient, clinician, boss):
    with pytest.raises(DomainError, match="Only who opened"):
        services.end_emergency_access(emergency=broken, by=boss)
    services.end_emergency_access(emergency=broken, by=clinician)
    services.end_emergency_access(emergency=broken, by=clinician)
    with pytest.raises(Http404):
        get_patient(clinician, patient.uuid, Perm.PLAN_VIEW)


def test_it_writes_nothing(broken, patient, clinician):
    for perm in (Perm.PLAN_EDIT, Perm.ASSESSMENT_EDIT, Perm.HANDOFF_EDIT, Perm.COUNSELING_OWN, Perm.DOCUMENT_VIEW):
        with pytest.raises(PermissionDenied):
            get_patient(clinician, patient.uuid, perm)


def test_it_adds_nobody_to_a_list_or_a_search(broken, patient, clinician, facility):
    assert not visible_patients(clinician, Perm.NAME_VIEW, facility).exists()
    assert search(clinician, facility, "rivera") == []


def test_every_line_of_the_read_log_says_that_the_glass_was_broken(broken, patient, clinician):
    chart = get_patient(clinician, patient.uuid, Perm.PLAN_VIEW)
    log_classes(clinician, chart, [Perm.SAFETY_VIEW])
    lines = AccessEvent.objects.filter(user_id=clinician.pk, patient_id=patient.pk, action="view")
    assert set(lines.values_list("code", flat=True)) == {"break-glass"}
    opened = AccessEvent.objects.get(action="emergency")
    assert (opened.user_id, opened.patient_id, opened.code) == (clinician.pk, patient.pk, "emergency")


def test_privacy_officer_and_coordinator_have_it_on_their_strip_at_once(patient, facility, clinician, boss, privacy):
    before = {user: strip_counts(user, facility)["waiting"] for user in (boss, privacy)}
    row = open_it(patient, facility, clinician)
    for user in (boss, privacy):
        assert strip_counts(user, facility)["waiting"] == before[user] + 1
    tasks = Task.objects.filter(kind="emergency-review")
    assert {task.due_at for task in tasks} == {row.review_due_at}
    assert all(task.patient_id is None and "Rivera" not in task.text for task in tasks)
    assert row.review_due_at - row.starts_at == timedelta(hours=72)


def test_the_privacy_officer_has_the_chart_in_hand_for_the_review(broken, patient, privacy):
    assert Perm.IDENTITY_VIEW in permissions(privacy, patient)
    with time_machine.travel(broken.review_due_at + timedelta(seconds=1), tick=False):
        assert Perm.IDENTITY_VIEW not in permissions(privacy, patient)


def test_a_short_reason_is_refused_by_service_and_database(patient, facility, clinician):
    with pytest.raises(DomainError, match="15 characters"):
        open_it(patient, facility, clinician, words="urgent         !")
    row = open_it(patient, facility, clinician)
    with pytest.raises(IntegrityError, match="emergency_access_says_why"), transaction.atomic():
        EmergencyAccess.objects.filter(pk=row.pk).update(words="short")


def test_asked_twice_it_is_one_access(broken, patient, facility, clinician):
    assert open_it(patient, facility, clinician) == broken
    assert Task.objects.filter(kind="emergency-review").count() == 2


def test_who_may_see_everybody_needs_none(patient, facility, intake):
    with pytest.raises(DomainError, match="open to you already"):
        open_it(patient, facility, intake)


def test_it_is_reviewed_by_somebody_else_once_and_closes_the_tasks(broken, clinician, boss, privacy, facility):
    accounts.begin_membership(user=clinician, facility=facility, role=Role.PRIVACY_OFFICER, by=None, reason="test")
    review = {"emergency": broken, "outcome": "justified", "review": "The patient was in danger."}
    with pytest.raises(DomainError, match="Somebody else"):
        services.review_emergency_access(**review, by=clinician)
    services.review_emergency_access(**review, by=boss)
    with pytest.raises(DomainError, match="already"):
        services.review_emergency_access(**review, by=privacy)
    assert not Task.objects.open().filter(kind="emergency-review").exists()


def test_one_that_was_not_justified_ends_at_once(broken, patient, clinician, privacy):
    services.review_emergency_access(emergency=broken, outcome="not-justified", review="No reason found.", by=privacy)
    assert permissions(clinician, patient) == frozenset()


def named(**who):
    return {"number": "", "given": "", "family": "", "born": None} | who


def test_nobody_and_somebody_elsewhere_get_the_same_answer(patient, facility, other_facility, clinician):
    there = factories.patient(other_facility, record_number="CC-ELSEWHERE")
    said = set()
    for number in ("CC-NOBODY", there.record_number):
        with pytest.raises(DomainError) as refused:
            services.open_for_named(
                facility=facility, named=named(number=number), reason="emergency", words=WHY, by=clinician
            )
        said.add((refused.value.message, refused.value.code))
    assert len(said) == 1
    lines = AccessEvent.objects.filter(action="emergency", outcome="denied")
    assert [(line.patient_id, line.code) for line in lines] == [(None, "emergency.nothing")] * 2


def test_a_name_needs_its_birth_date_and_must_be_exact(patient, facility):
    assert selectors.person_named(facility, given="marisol", family="RIVERA", born=patient.birth_date) == patient
    assert selectors.person_named(facility, number=patient.record_number.lower()) == patient
    assert selectors.person_named(facility, given="Marisol", family="Rivera") is None
    assert selectors.person_named(facility, given="Maris", family="Rivera", born=patient.birth_date) is None
    factories.patient(facility)
    assert selectors.person_named(facility, given="Marisol", family="Rivera", born=patient.birth_date) is None


def test_after_five_attempts_somebody_has_to_help(patient, facility, clinician):
    def attempt(number):
        services.open_for_named(
            facility=facility, named=named(number=number), reason="emergency", words=WHY, by=clinician
        )

    for _ in range(selectors.ATTEMPTS):
        with pytest.raises(DomainError, match="Nobody here answers"):
            attempt("CC-NOBODY")
    with pytest.raises(DomainError, match="Too many attempts"):
        attempt(patient.record_number)


def test_the_page_asks_for_the_password_and_then_opens_the_chart(patient, facility, clinician, sign_in):
    client, path = sign_in(clinician), reverse("episodes:emergency_start")
    typed = {"number": patient.record_number, "reason": "emergency", "words": WHY}
    asked = client.post(path, typed)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not EmergencyAccess.objects.exists()
    wrong = client.post(reverse("account_reauthenticate"), {"password": "wrong", "next": path})
    assert wrong.status_code == 200
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery staple", "next": path})
    refused = client.post(path, typed | {"words": "urgent"})
    assert refused.status_code == 422
    opened = client.post(path, typed)
    assert opened["Location"] == patient.get_absolute_url()
    page = client.get(patient.get_absolute_url()).content.decode()
    assert "Emergency access" in page
    assert "left" in page
    assert "Rivera" in page
    ended = client.post(reverse("episodes:emergency_end", args=[patient.uuid]))
    assert ended.status_code == 302
    assert client.get(patient.get_absolute_url()).status_code == 404


def test_the_reviewer_sees_why_and_what_was_read(broken, patient, clinician, privacy, sign_in):
    get_patient(clinician, patient.uuid, Perm.PLAN_VIEW)
    client, path = sign_in(privacy), reverse("episodes:emergency_review", args=[broken.uuid])
    page = client.get(path).content.decode()
    assert WHY in page
    assert "plan.view" in page
    assert patient.record_number in page
    assert client.post(path, {"outcome": "justified"}).status_code == 422
    assert client.post(path, {"outcome": "justified", "review": "In danger."}).status_code == 302
    broken.refresh_from_db()
    assert broken.outcome == "justified"
    assert "In danger." in client.get(path).content.decode()


def test_the_queue_costs_the_same_at_10_and_at_200_rows(facility, clinician, privacy, django_assert_num_queries):
    rows = [factories.patient(facility, family_name=f"Family{n}") for n in range(12)]
    for patient in rows[:10]:
        open_it(patient, facility, clinician)
    with django_assert_num_queries(2):
        assert len(selectors.review_rows(facility)[0]) == 10
    model = EmergencyAccess.objects.first()
    many = [
        EmergencyAccess(
            patient=rows[10], user=clinician, facility=facility, role=model.role, reason=model.reason, words=WHY,
            starts_at=model.starts_at, until=model.until, review_due_at=model.review_due_at,
        )
        for _ in range(190)
    ]  # fmt: skip
    EmergencyAccess.objects.bulk_create(many)
    with django_assert_num_queries(2):
        shown, total = selectors.review_rows(facility, limit=200)
        assert (len(shown), total) == (200, 200)


def test_every_role_that_breaks_the_glass_may_ask_for_it():
    for role in BREAK_GLASS:
        assert Perm.EMERGENCY_OPEN in GRANTS[role][Scope.FACILITY]
