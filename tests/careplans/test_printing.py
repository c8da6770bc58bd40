"""Plan, packet and appointments on paper: all that is in them, and a line in the read log."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import AccessEvent

pytestmark = pytest.mark.django_db


def words(answer) -> str:
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    pages = PdfReader(BytesIO(b"".join(answer.streaming_content))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def printed(user, patient) -> list[str]:
    rows = AccessEvent.objects.filter(action="print", user_id=user.pk, patient_id=patient.pk)
    return list(rows.values_list("data_class", flat=True))


def test_the_plan_is_printed_with_its_whole_tree(plan, patient, care, sign_in):
    text = words(sign_in(care).get(reverse("careplans:plan_pdf", args=[patient.uuid])))
    for problem in plan.problems.all():
        assert problem.text in text
        for goal in problem.goals.all():
            assert f": {goal.text}" in text
            for objective in goal.objectives.all():
                assert objective.text in text
                assert all(row.text in text for row in objective.interventions.all())
    assert patient.legal_name in text
    assert patient.record_number in text
    assert printed(care, patient) == ["plan.view"]


def test_the_packet_is_printed_word_for_word(packet, patient, care, sign_in):
    text = words(sign_in(care).get(reverse("careplans:assessment_pdf", args=[patient.uuid, packet.uuid])))
    assert " ".join(packet.findings.split()) in text
    assert printed(care, patient) == ["packet.view"]


def test_a_person_without_appointments_gets_a_paper_that_says_so(patient, care, sign_in):
    text = words(sign_in(care).get(reverse("scheduling:appointment_list_pdf", args=[patient.uuid])))
    assert "No appointment is booked." in text
    assert printed(care, patient) == ["appointment.view"]


def test_there_is_no_paper_without_a_plan(patient, care, sign_in):
    assert sign_in(care).get(reverse("careplans:plan_pdf", args=[patient.uuid])).status_code == 404
