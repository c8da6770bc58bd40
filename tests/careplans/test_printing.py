"""Plan, packet and appointments on paper: all that is in them, and a line in the read log."""

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from accounts.models import AccessEvent
from accounts.roles import Role
from careplans.labels import word
from careplans.models import CarePlan, Goal, Intervention, Objective
from core import audit

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


def test_papers_to_take_home_have_their_labels_in_the_persons_spanish(plan, packet, patient, care, sign_in):
    patient.language = "es-MX"
    audit.save(patient, by=care)
    browser = sign_in(care)
    text = words(browser.get(reverse("careplans:plan_pdf", args=[patient.uuid])))
    assert plan.problems.first().text in text  # as it was written
    for said in ("Plan de atención", "Necesidades", "Precauciones", "Meta 1.1:", "Expediente", "Impreso"):
        assert said in text
    for english in ("Needs", "Goal 1", "In progress", "Record ", "Written by", "Born"):
        assert english not in text
    text = words(browser.get(reverse("careplans:assessment_pdf", args=[patient.uuid, packet.uuid])))
    assert "Hallazgos" in text
    assert "Findings" not in text
    text = words(browser.get(reverse("scheduling:appointment_list_pdf", args=[patient.uuid])))
    assert "Sus citas" in text
    assert "No hay ninguna cita." in text


def test_every_choice_on_a_plan_has_its_word_in_spanish():
    shown = [
        *CarePlan.Status.labels, *Goal.AchievementStatus.labels, *Objective.Status.labels,
        *Intervention.Modality.labels,
        *(role.label for role in Role if role != Role.TECHNICAL),
    ]  # fmt: skip
    with translation.override("es"):
        assert [label for label in shown if word(label) == label] == []
