"""The physician's packet: asked for, written, sent, taken."""

import pytest
from django.http import Http404

from accounts.roles import Perm, Role
from careplans import icd10, services
from careplans.models import Assessment
from careplans.selectors.assessment import assessment_of
from core.errors import DomainError
from episodes.models import EpisodeStep, Task
from patients.access import get_patient
from tests import factories
from tests.careplans import scene

pytestmark = pytest.mark.django_db


def test_asking_puts_the_clinician_on_the_team_with_a_task_and_the_next_step(patient, care, clinician):
    task = services.request_assessment(patient=patient, clinician=clinician, by=care)
    assert (task.kind, task.owner) == ("assessment-requested", clinician)
    assert get_patient(clinician, patient.uuid, Perm.ASSESSMENT_EDIT) == patient
    assert patient.episodes.get().next_step == "Physician's assessment"


def test_asking_somebody_else_takes_the_first_request_back(patient, care, clinician, facility):
    first = services.request_assessment(patient=patient, clinician=clinician, by=care)
    other = factories.person(Role.CLINICIAN, facility)
    services.request_assessment(patient=patient, clinician=other, by=care)
    first.refresh_from_db()
    assert first.status == Task.Status.CANCELLED
    assert Task.objects.open().get(kind="assessment-requested").owner == other


def test_only_a_clinician_of_the_facility_is_asked(patient, care, treatment):
    with pytest.raises(DomainError, match="clinician"):
        services.request_assessment(patient=patient, clinician=treatment, by=care)


def test_a_clinician_who_comes_later_is_asked_to_read_the_shared_plan(plan, patient, care, clinician):
    services.share_plan(plan=plan, by=care)
    services.request_assessment(patient=patient, clinician=clinician, by=care)
    assert plan.acknowledgements.get().user == clinician


def test_a_draft_is_one_and_its_authors(on_team, clinician, care):
    draft = scene.draft(on_team, clinician)
    assert scene.draft(on_team, clinician, findings="More.") == draft
    assert Assessment.objects.get().findings == "More."
    with pytest.raises(Http404):
        assessment_of(on_team, draft.uuid, care)


def test_a_draft_puts_no_diagnosis_on_the_record(on_team, clinician):
    scene.draft(on_team, clinician)
    assert not on_team.conditions.exists()


def test_only_a_clinician_writes_the_packet(on_team, care):
    with pytest.raises(DomainError, match="Only a clinician"):
        scene.draft(on_team, care)


def test_lines_of_the_draft_follow_what_was_typed(on_team, clinician):
    draft = scene.draft(on_team, clinician)
    scene.draft(on_team, clinician, available_plans=[{"title": "Only one"}])
    assert [row.title for row in draft.available_plans.all()] == ["Only one"]


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({"findings": " "}, "findings"),
        ({"diagnosis_codes": []}, "diagnosis"),
        ({"available_plans": []}, "available"),
    ],
)
def test_a_packet_that_lacks_something_is_not_sent(on_team, clinician, missing, sentence):
    with pytest.raises(DomainError, match=sentence):
        services.send_assessment(assessment=scene.draft(on_team, clinician, **missing), by=clinician)


def test_sending_tells_the_treatment_desk(on_team, care, clinician):
    services.request_assessment(patient=on_team, clinician=clinician, by=care)
    packet = scene.packet(on_team, clinician)
    assert packet.status == Assessment.Status.COMPLETED
    assert not Task.objects.open().filter(kind="assessment-requested").exists()
    task = Task.objects.open().get(kind="packet-arrived")
    assert (task.owner_role, task.focus, task.text) == (Role.TREATMENT, packet, "Build options")
    assert EpisodeStep.objects.filter(kind=EpisodeStep.Kind.ASSESSED).exists()
    assert on_team.episodes.get().next_step == "Hand over to the treatment desk"


def test_sending_puts_the_diagnoses_on_the_record_once(packet, on_team, clinician):
    condition = on_team.conditions.get()
    assert (condition.code, condition.is_primary, condition.recorder) == ("F10.20", True, clinician)
    again = scene.packet(on_team, clinician)
    assert list(again.diagnoses.all()) == [condition]


def test_the_paper_says_everything(packet):
    text = packet.document.text
    for words in ("Alcohol use daily", "Withdrawal risk", "F10.20 Alcohol use disorder", "Weekly counseling"):
        assert words in text


def test_a_sent_packet_stays_as_it_is(packet, clinician):
    with pytest.raises(DomainError, match="stays as it is"):
        scene.draft(packet.patient, clinician, assessment=packet)


def test_one_coordinator_takes_the_packet(packet, treatment, facility):
    taken = services.receive_assessment(assessment=packet, by=treatment)
    assert taken.received_by == treatment
    with pytest.raises(DomainError, match="already"):
        services.receive_assessment(assessment=packet, by=factories.person(Role.TREATMENT, facility))


@pytest.mark.parametrize("typed", ["F11.20", "f1120", "F11.20 Opioid use disorder, moderate or severe"])
def test_a_code_is_read_however_it_was_typed(typed):
    assert icd10.code_of(typed) == "F11.20"


@pytest.mark.parametrize("typed", ["", "F99.99", "opioid", "F10"])
def test_what_is_no_code_of_the_list_is_none(typed):
    assert icd10.code_of(typed) is None


def test_labels_are_person_first():
    words = " ".join(icd10.LABELS.values()).lower()
    assert "abuse" not in words
    assert len(icd10.LABELS) == 458
