"""Reports of the read log: exact, of one facility, in a fixed number of queries; and on paper for the patient."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.models import AccessEvent
from accounts.services import end_membership
from patients.access import permissions
from patients.papers import who_looked_paper
from patients.selectors import accesslog, breach, wholooked
from patients.selectors.accesslog import Question
from tests import factories

pytestmark = pytest.mark.django_db
LIST = reverse("patients:log_list")
SCOPE = reverse("patients:breach_scope")


@pytest.fixture
def officer(facility):
    return factories.person("privacy", facility, given_name="Olga", family_name="Officer")


@pytest.fixture
def reader(facility):
    return factories.person("intake", facility, given_name="Ines", family_name="Intake")


@pytest.fixture
def patient(facility):
    return factories.patient(facility)


def looked(user, patient, *classes, days_ago=0, **fields):
    at = timezone.now() - timedelta(days=days_ago)
    for data_class in classes or ("identity.view",):
        AccessEvent.objects.create(
            user_id=user.pk, patient_id=patient.pk, data_class=data_class, at=at, action=fields.pop("action", "view"),
            facility_id=fields.pop("facility_id", access.current_facility(user).pk), **fields,
        )  # fmt: skip


def page(officer, facility, **asked):
    return accesslog.log_page(officer, facility, Question(**asked))


def test_lines_are_asked_for_by_person_chart_time_kind_and_outcome(officer, reader, patient, facility):
    looked(reader, patient, "plan.view", days_ago=3)
    looked(reader, patient, "intake.view", outcome="denied", code="role")
    looked(officer, patient, "consent.view", action="print")
    since = timezone.now() - timedelta(days=1)

    def found(**asked):
        return sorted(row["what"] for row in page(officer, facility, **asked).rows)

    assert found(user_id=reader.pk) == ["Care plan", "Intake"]
    assert found(patient_id=patient.pk, since=since) == ["Consent", "Intake"]
    assert found(until=since) == ["Care plan"]
    assert found(action="print") == ["Consent"]
    assert found(outcome="denied") == ["Intake"]
    assert found(subject="plan") == ["Care plan"]


def test_another_facilitys_lines_are_not_shown(officer, facility, other_facility):
    elsewhere = factories.person("intake", other_facility)
    looked(elsewhere, factories.patient(other_facility))
    assert page(officer, facility).rows == []


def test_who_may_not_read_a_name_sees_the_charts_number(officer, reader, patient, facility):
    looked(reader, patient)
    assert page(officer, facility).rows[0]["chart"] == f"Chart {patient.pk}"
    coordinator = factories.person("clinical", facility)
    assert page(coordinator, facility).rows[0]["chart"] == "Rivera, Marisol"


def test_pages_follow_each_other_by_key_without_a_gap_or_a_repetition(officer, reader, patient, facility):
    at = timezone.now()
    AccessEvent.objects.bulk_create(
        AccessEvent(
            user_id=reader.pk, patient_id=patient.pk, at=at, action="view", facility_id=facility.pk, code=str(n)
        )
        for n in range(120)
    )
    seen, mark = [], ""
    while mark is not None:
        part = accesslog.log_page(officer, facility, Question(), mark)
        seen += part.rows
        mark = part.older
    assert len(seen) == 120
    assert len(accesslog.log_page(officer, facility, Question(), "no mark at all").rows) == 50


@pytest.mark.parametrize("number", [10, 200])
def test_the_list_costs_the_same_at_10_and_at_200_lines(
    officer, reader, facility, number, sign_in, django_assert_num_queries
):
    patients = [factories.patient(facility) for _ in range(3)]
    for n in range(number):
        looked(reader, patients[n % 3])
    browser = sign_in(officer)
    browser.get(LIST)
    with django_assert_num_queries(COST):
        answer = browser.get(LIST)
    assert "Ines Intake" in answer.content.decode()


COST = 11


def test_opening_and_exporting_the_log_are_lines_of_it(officer, reader, patient, facility, sign_in):
    looked(reader, patient, "plan.view")
    browser = sign_in(officer)
    browser.get(LIST)
    answer = browser.get(reverse("patients:log_export"), {"person": reader.uuid})
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0][1] == "Person"
    assert [row[1:6] for row in rows[1:]] == [["Ines Intake", "Viewed", "Care plan", str(patient.pk), "Allowed"]]
    mine = AccessEvent.objects.filter(user_id=officer.pk, action__in=("list", "export")).order_by("pk")
    assert [line.target for line in mine] == ["patients:log_list", "patients:log_export"]


def test_a_formula_in_a_name_is_no_formula_in_the_table(officer, patient, facility):
    looked(factories.person("intake", facility, given_name="=HYPERLINK", family_name="X"), patient)
    assert "=HYPERLINK" not in str([row[1][0] for row in list(accesslog.log_table(facility, Question()))[1:]])


def test_who_looked_says_who_in_which_role_when_and_at_what(reader, patient, facility, officer):
    looked(reader, patient, "plan.view", "identity.view", days_ago=3)
    looked(reader, patient, "plan.view", action="print")
    looked(officer, patient, "intake.view", outcome="denied")
    looked(officer, patient, "restricted.view")
    row = wholooked.looks(patient, facility)[0]
    assert len(wholooked.looks(patient, facility)) == 1
    assert (row["who"], row["roles"], row["times"]) == ("Ines Intake", "Intake coordinator", 3)
    assert row["subjects"] == "care plan; name, birth date and numbers"
    assert row["deeds"] == "printed"
    assert row["first"] < row["last"]


def test_who_looked_names_the_role_of_that_time(reader, patient, facility):
    looked(reader, patient)
    end_membership(membership=reader.memberships.get(), by=None, reason="test")
    factories.MembershipFactory(user=reader, facility=facility, role="clerk", starts_at=timezone.now())
    assert wholooked.looks(patient, facility)[0]["roles"] == "Intake coordinator"


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_printed_for_the_patient_and_the_print_is_a_line(officer, reader, facility, sign_in, language):
    patient = factories.patient(facility, language=language)
    looked(reader, patient, "plan.view")
    answer = sign_in(officer).get(reverse("patients:who_looked_print", args=[patient.uuid]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert AccessEvent.objects.filter(action="print", patient_id=patient.pk, user_id=officer.pk).count() == 1


def test_on_paper_too_the_name_is_only_for_who_may_read_it(officer, facility, sign_in):
    patient = factories.patient(facility)
    for user, name in ((officer, f"Chart {patient.pk}"), (factories.person("clinical", facility), "Marisol Rivera")):
        patient.held = permissions(user, patient)
        paper = who_looked_paper(patient, facility, [])
        assert paper["person"]["name"] == name
        assert (patient.record_number in str(paper)) == (user != officer)


@pytest.mark.parametrize("number", [10, 200])
def test_who_looked_costs_the_same_for_10_and_for_200_lines(facility, patient, number, django_assert_num_queries):
    for n in range(number):
        looked(factories.person("intake", facility) if n < 10 else access_user(facility), patient)
    with django_assert_num_queries(4):
        assert len(wholooked.looks(patient, facility)) == 10


def access_user(facility):
    return facility.memberships.first().user


def test_a_breach_affects_the_charts_opened_in_the_window(officer, reader, patient, facility):
    other, before = factories.patient(facility), factories.patient(facility)
    looked(reader, patient, "plan.view", "identity.view")
    looked(reader, other)
    looked(reader, before, days_ago=3)
    looked(officer, before)
    looked(reader, factories.patient(facility), outcome="denied")
    access.log(user=reader, action="list", target="desks:patient_list")
    now = timezone.now()
    found = breach.scope(officer, facility, reader, now - timedelta(days=1), now + timedelta(minutes=1))
    assert [(row["label"], row["lines"]) for row in found["rows"]] == [
        (f"Chart {patient.pk}", 2), (f"Chart {other.pk}", 1),
    ]  # fmt: skip
    assert found["rows"][0]["classes"] == "Care plan, Identity"
    assert found["lists"] == [{"action": "Listed", "what": "Patient list", "number": 1}]
    assert found["belonged"] == 4


def test_the_scope_of_a_breach_is_a_page_and_a_table_and_both_are_lines(officer, reader, patient, facility, sign_in):
    looked(reader, patient)
    browser = sign_in(officer)
    asked = {"person": reader.uuid, "since": "2026-01-01T00:00", "until": "2099-01-01T00:00"}
    assert f"Chart {patient.pk}" in browser.get(SCOPE, asked).content.decode()
    rows = list(csv.reader(io.StringIO(browser.get(reverse("patients:breach_export"), asked).content.decode())))
    assert [row[:2] for row in rows] == [["Chart", "Lines"], [str(patient.pk), "1"]]
    assert AccessEvent.objects.filter(user_id=officer.pk, target__startswith="patients:breach").count() == 2
    assert browser.get(SCOPE, asked | {"until": "2025-01-01T00:00"}).status_code == 422


@pytest.mark.parametrize("number", [10, 200])
def test_the_scope_costs_the_same_for_10_and_for_200_charts(
    officer, reader, facility, number, django_assert_num_queries
):
    patient = factories.patient(facility)
    AccessEvent.objects.bulk_create(
        AccessEvent(user_id=reader.pk, patient_id=patient.pk + n, action="view", facility_id=facility.pk)
        for n in range(number)
    )
    now = timezone.now()
    with django_assert_num_queries(7):
        found = breach.scope(officer, facility, reader, now - timedelta(days=1), now + timedelta(minutes=1))
    assert found["total"] == number
