"""Disclosures on the screen: the register, the accounting, the emergency form, the correction."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import AccessEvent
from accounts.roles import Role
from core import audit
from core.errors import DomainError
from episodes.models import Task
from patients.access import permissions
from records.disclosing import Refused
from records.models import Basis, Disclosure
from records.selectors.disclosures import Chosen, accounting, disclosure_rows, register_rows
from records.services.disclosures import correct_disclosure, disclose_in_emergency
from tests import factories
from tests.records import leaving

pytestmark = pytest.mark.django_db
EMERGENCY = {
    "recipient_name": "Dr. Ames", "affiliation": "City Hospital", "contact": "555 0101", "channel": "spoken",
    "emergency": "Found unconscious", "told": "Allergy to penicillin", "data_classes": ["assessment"],
}  # fmt: skip


@pytest.fixture
def tell(patient, facility, clerk):
    """Record an emergency disclosure; by the clerk unless another is named."""

    def _tell(by=clerk, **fields):
        return disclose_in_emergency(patient=patient, facility=facility, by=by, **(EMERGENCY | fields))

    return _tell


@pytest.fixture
def page(sign_in, patient):
    def _page(user, name="records:disclosure_list", *args, **query):
        return sign_in(user).get(reverse(name, args=[patient.uuid, *args]), query)

    return _page


def test_an_emergency_is_recorded_at_once_and_the_privacy_officer_told(tell, clerk, patient, sign_in):
    answer = sign_in(clerk).post(reverse("records:disclosure_emergency", args=[patient.uuid]), EMERGENCY)
    row = Disclosure.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    assert (row.basis, row.emergency, row.recipient_affiliation, row.by) == (
        Basis.MEDICAL_EMERGENCY, "Found unconscious", "City Hospital", clerk,
    )  # fmt: skip
    task = Task.objects.open().get()
    assert (task.owner_role, task.focus, task.priority) == (Role.PRIVACY_OFFICER, row, Task.Priority.URGENT)


def test_an_emergency_form_without_an_affiliation_is_refused_and_keeps_what_was_typed(clerk, patient, sign_in):
    url = reverse("records:disclosure_emergency", args=[patient.uuid])
    answer = sign_in(clerk).post(url, EMERGENCY | {"affiliation": " "})
    assert answer.status_code == 422
    assert b"Found unconscious" in answer.content
    assert not Disclosure.objects.exists()


def test_no_emergency_reaches_a_counseling_note(tell):
    with pytest.raises(Refused):
        tell(data_classes=["counseling"])


def test_one_sees_all_or_one_s_own(tell, page, clerk, facility):
    intake = factories.person(Role.INTAKE, facility)
    tell(recipient_name="Dr. Ames")
    own = tell(by=intake, recipient_name="Dr. Baker")
    assert b"Dr. Ames" in page(clerk).content
    mine = page(intake)
    assert b"Dr. Baker" in mine.content
    assert b"Dr. Ames" not in mine.content
    assert page(intake, "records:disclosure_detail", own.uuid).status_code == 200


def test_the_register_is_filtered_and_names_nobody_to_the_privacy_officer(tell, clerk, facility, sign_in):
    tell(recipient_name="Dr. Ames")
    tell(recipient_name="Dr. Baker")
    url = reverse("records:disclosure_register")
    found = sign_in(clerk).get(url, {"recipient": "baker", "basis": "medical-emergency"}).content
    assert b"Dr. Baker" in found
    assert b"Dr. Ames" not in found
    assert b"Rivera" in found
    assert b"Dr. Baker" not in sign_in(clerk).get(url, {"last": "2020-01-01"}).content
    officer = sign_in(factories.person(Role.PRIVACY_OFFICER, facility)).get(url).content
    assert b"Dr. Baker" in officer
    assert b"Rivera" not in officer


@pytest.mark.parametrize("many", [10, 200])
def test_lists_of_disclosures_cost_the_same_however_long(
    many, tell, clerk, facility, patient, sign_in, django_assert_num_queries
):
    row = tell()
    Disclosure.objects.bulk_create(_like(row, number) for number in range(many))
    client, patient.held = sign_in(clerk), permissions(clerk, patient)
    with django_assert_num_queries(1):
        assert len(register_rows(facility, Chosen(), named=True).rows) == min(many + 1, 50)
    with django_assert_num_queries(1):
        assert len(disclosure_rows(clerk, patient, facility).rows) == min(many + 1, 50)
    seen, url = [], reverse("records:disclosure_register")
    while url:
        page = client.get(url)
        seen += [shown["number"] for shown in page.context["rows"]]
        older = page.context["pager"]["older"]
        url = older and reverse("records:disclosure_register") + older
    assert seen == list(Disclosure.objects.order_by("-at", "-pk").values_list("pk", flat=True))


def _like(row, number):
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del fields["id"], fields["uuid"]
    return Disclosure(**fields | {"at": row.at - timedelta(minutes=number // 3)})


def test_the_accounting_goes_three_years_back_with_consent_and_six_without(tell, patient, facility, clerk):
    consent = leaving.consent(patient, facility, clerk)
    now = timezone.now()
    for years in (1, 4, 7):
        with time_machine.travel(now - timedelta(days=366 * years), tick=False):
            tell(recipient_name=f"Doctor, {years} years ago")
    for years in (2, 4):
        row = leaving.ask(patient, facility, clerk, consent=consent).disclosure
        Disclosure.objects.bulk_create([_like(row, 525_600 * 3 * years)])
    found = [(row["recipient"].split(",")[0], row["basis"][:3]) for row in accounting(patient, facility, None, None)]
    assert found == [
        ("Doctor", "Med"),
        ("Lakeside Clinic", "The"),
        ("Doctor", "Med"),
        *[("Lakeside Clinic", "The")] * 2,
    ]
    today = timezone.localdate()
    assert len(accounting(patient, facility, today, today)) == 2


def test_a_correction_is_appended_and_takes_the_place_in_the_accounting(tell, patient, facility, clerk, sign_in):
    row = tell()
    url = reverse("records:disclosure_correct", args=[patient.uuid, row.uuid])
    words = {"recipient_name": "Dr. Ames-Lee", "recipient_affiliation": "City Hospital", "description": "Allergies"}
    sign_in(clerk).post(url, words)
    better = row.corrections.get()
    assert (Disclosure.objects.get(pk=row.pk).recipient_name, better.recipient_name) == ("Dr. Ames", "Dr. Ames-Lee")
    assert (better.basis, better.emergency, better.at) == (row.basis, row.emergency, row.at)
    assert [entry["recipient"] for entry in accounting(patient, facility, None, None)] == [
        "Dr. Ames-Lee, City Hospital"
    ]
    with pytest.raises(DomainError):
        correct_disclosure(disclosure=row, sent=True, by=clerk, recipient_address="", **words)
    sign_in(clerk).post(
        reverse("records:disclosure_correct", args=[patient.uuid, better.uuid]), words | {"never_left": "on"}
    )
    assert accounting(patient, facility, None, None) == []


def test_the_accounting_is_a_paper_for_the_person_and_no_disclosure(tell, page, clerk, patient):
    tell()
    answer = page(clerk, "records:disclosure_accounting_pdf")
    text = " ".join(PdfReader(BytesIO(b"".join(answer.streaming_content))).pages[0].extract_text().split())
    for said in ("Accounting of disclosures", "Harbor House", "Dr. Ames", "555 0101", "Allergy to penicillin"):
        assert said in text
    assert Disclosure.objects.count() == 1
    assert AccessEvent.objects.filter(patient_id=patient.pk, action="disclose", data_class="consent").exists()
    assert b"Dr. Ames" in page(clerk, "records:disclosure_accounting").content
    patient.language = "es"
    audit.save(patient, by=clerk)
    answer = page(clerk, "records:disclosure_accounting_pdf")
    text = " ".join(PdfReader(BytesIO(b"".join(answer.streaming_content))).pages[0].extract_text().split())
    for said in ("Lista de lo que se divulgó", "Dr. Ames", "Allergy to penicillin", "Para tratarme"):
        assert said in text
    assert "To whom" not in text
