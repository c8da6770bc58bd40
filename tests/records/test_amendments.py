"""Requests to amend the record: the clock, the appended answer, the statements that travel along."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Perm, Role
from chart.selectors.packets import content_of
from core.errors import DomainError
from episodes.models import Task
from patients.access import permissions
from records.models import AmendmentRequest, Document, ReleaseRequest
from records.selectors.amendments import amendment_rows
from records.services import amendments as services
from tests import factories

pytestmark = pytest.mark.django_db
Status = AmendmentRequest.Status


@pytest.fixture
def receive(patient, facility, clerk):
    def _receive(**fields):
        words = {"subject": "Assessment of 3 May", "wanted": "Two glasses, not ten.", "reason": "A slip of the pen"}
        return services.receive_amendment(patient=patient, facility=facility, by=clerk, **(words | fields))

    return _receive


def travelling(patient, facility) -> str:
    """What of amendments goes along with a packet of assessments."""
    asked = ReleaseRequest(
        patient=patient, facility=facility, data_classes=["assessment"], received_on=timezone.localdate()
    )
    asked.due_on, asked.kind, asked.purpose, asked.recipient_name = asked.received_on, "access", "treatment", "Me"
    asked.save()
    return "\n".join(entry.line for entry in content_of(asked).amendments)


def test_the_clock_is_60_days_and_is_extended_once(receive, clerk, patient):
    row = receive()
    assert row.due_on == row.received_on + timedelta(days=60)
    assert Task.objects.open().get().focus == row
    longer = services.extend_amendment(amendment=row, reason="The author is away.", by=clerk)
    assert longer.last_day == row.received_on + timedelta(days=90)
    with pytest.raises(DomainError):
        services.extend_amendment(amendment=row, reason="Again.", by=clerk)
    assert Perm.ASSESSMENT_VIEW in permissions(clerk, patient)
    services.withdraw_amendment(amendment=row, by=clerk)
    assert Perm.ASSESSMENT_VIEW not in permissions(clerk, patient)
    assert not Task.objects.open().exists()


def test_an_accepted_amendment_is_appended_named_by_the_paper_and_travels(
    receive, write, clerk, patient, facility, sign_in
):
    paper = write(clerk, kind=Document.Kind.ASSESSMENT, title="Assessment", text="Ten glasses.\n")
    row = services.accept_amendment(amendment=receive(document=paper), text="Two glasses a day.", by=clerk)
    assert (row.status, row.appended.kind) == (Status.ACCEPTED, Document.Kind.AMENDMENT)
    assert Document.objects.get(pk=paper.pk).text == "Ten glasses.\n"
    assert "Two glasses a day." in travelling(patient, facility)
    coordinator = factories.person(Role.CLINICAL_COORDINATOR, facility)
    assert b"Two glasses a day." in sign_in(coordinator).get(paper.get_absolute_url()).content


def test_a_denial_names_its_ground_and_the_statements_travel(receive, clerk, patient, facility):
    row = receive()
    with pytest.raises(DomainError):
        services.deny_amendment(amendment=row, denial_basis="", answer="No.", by=clerk)
    with pytest.raises(DomainError):
        services.add_disagreement(amendment=row, text="I disagree.", by=clerk)
    services.deny_amendment(amendment=row, denial_basis="accurate", answer="The laboratory confirms it.", by=clerk)
    with pytest.raises(DomainError):
        services.add_rebuttal(amendment=row, text="We stand by it.", by=clerk)
    services.add_disagreement(amendment=row, text="It was two.", by=clerk)
    services.add_rebuttal(amendment=row, text="We stand by it.", by=clerk)
    for again in (services.add_disagreement, services.add_rebuttal):
        with pytest.raises(DomainError):
            again(amendment=row, text="Something else.", by=clerk)
    said = travelling(patient, facility)
    for there in ("Two glasses, not ten.", "The laboratory confirms it.", "It was two.", "We stand by it."):
        assert there in said


def test_an_answered_request_is_answered_once(receive, clerk):
    row = services.accept_amendment(amendment=receive(), text="Two.", by=clerk)
    with pytest.raises(DomainError) as refused:
        services.deny_amendment(amendment=row, denial_basis="accurate", answer="No.", by=clerk)
    assert refused.value.code == "amendment.answered"


def test_the_whole_way_through_the_screens(patient, clerk, sign_in):
    client = sign_in(clerk)
    add = reverse("records:amendment_add", args=[patient.uuid])
    assert client.post(add, {"subject": "Note"}).status_code == 422
    client.post(add, {"subject": "Note of 3 May", "wanted": "Two glasses."})
    row = AmendmentRequest.objects.get()
    assert b"Note of 3 May" in client.get(reverse("records:amendment_list")).content
    assert b"Two glasses." in client.get(row.get_absolute_url()).content
    client.post(
        reverse("records:amendment_deny", args=[patient.uuid, row.uuid]),
        {"denial_basis": "accurate", "answer": "It is right."},
    )
    client.post(reverse("records:amendment_disagree", args=[patient.uuid, row.uuid]), {"text": "It is not."})
    page = client.get(row.get_absolute_url()).content
    assert b"It is right." in page
    assert b"It is not." in page
    assert b"Note of 3 May" in client.get(reverse("records:disclosure_list", args=[patient.uuid])).content


@pytest.mark.parametrize("many", [10, 200])
def test_the_list_is_one_query(many, receive, facility, django_assert_num_queries):
    row = receive()
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del fields["id"], fields["uuid"]
    AmendmentRequest.objects.bulk_create(AmendmentRequest(**fields) for _ in range(many - 1))
    with django_assert_num_queries(1):
        assert len(amendment_rows(facility, statuses=[Status.REQUESTED])) == min(many, 50)
