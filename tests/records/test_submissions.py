"""The clerk's envelope."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.urls import reverse

from accounts.roles import Perm, Role
from core.errors import DomainError
from episodes.models import EpisodeStep, Task
from episodes.selectors import strip_counts
from patients.access import get_patient, permissions
from records import selectors, services
from records.models import RecordSubmission
from tests import factories

Status = RecordSubmission.Status
pytestmark = pytest.mark.django_db


def test_a_submission_opens_the_papers_to_the_clerk_and_asks_the_desk(submit, clerk, patient):
    assert Perm.DOCUMENT_VIEW not in permissions(clerk, patient)
    envelope = submit()
    assert get_patient(clerk, patient.uuid, Perm.DOCUMENT_VIEW) == patient
    task = Task.objects.open().get()
    assert (task.kind, task.owner_role, task.focus) == ("record-submitted", Role.CLERK, envelope)
    assert round((task.due_at - envelope.submitted_at).total_seconds() / 3600) == 24


def test_filing_reaches_the_step_closes_the_task_and_the_papers(submit, clerk, patient, episode):
    envelope = services.accept_submission(submission=submit(), by=clerk)
    filed = services.file_submission(submission=envelope, location="Shelf 4", by=clerk)
    assert (filed.status, filed.answered_by, filed.filed_location) == (Status.COMPLETED, clerk, "Shelf 4")
    assert episode.steps.filter(kind=EpisodeStep.Kind.RECORD_FILED).exists()
    assert not Task.objects.open().exists()
    assert Perm.DOCUMENT_VIEW not in permissions(clerk, patient)
    assert [row.history_user for row in filed.history.all()[:2]] == [clerk, clerk]
    assert filed.documents.get().location == "Shelf 4"


def test_the_clerk_indexes_the_papers_in_hand(submit, clerk, sign_in):
    envelope, client = services.accept_submission(submission=submit(), by=clerk), sign_in(clerk)
    paper = envelope.documents.get()
    index = reverse("records:document_index", args=[paper.patient.uuid, paper.uuid])
    assert index in client.get(envelope.get_absolute_url()).content.decode()
    sent = {"kind": paper.kind, "written_on": "2026-11-02", "source": "Harbor House", "location": "Box 9"}
    assert client.post(index, sent | {"version": paper.version}).status_code == 302
    assert (
        services.file_submission(submission=envelope, location="Shelf 4", by=clerk).documents.get().location == "Box 9"
    )
    assert index not in client.get(envelope.get_absolute_url()).content.decode()


def test_who_accepts_the_envelope_has_taken_its_task(submit, clerk, facility):
    envelope = submit()
    assert strip_counts(clerk, facility)["waiting"] == 1
    services.accept_submission(submission=envelope, by=clerk)
    assert strip_counts(clerk, facility)["waiting"] == 0
    assert Task.objects.open().get().owner == clerk


def test_the_papers_stay_open_while_another_envelope_is_in_hand(submit, clerk, patient):
    first, second = submit(), submit()
    services.return_submission(submission=first, reason="A page is missing.", by=clerk)
    assert Perm.DOCUMENT_VIEW in permissions(clerk, patient)
    services.return_submission(submission=second, reason="So is this one's.", by=clerk)
    assert Perm.DOCUMENT_VIEW not in permissions(clerk, patient)


def test_the_clerk_reads_the_papers_in_hand_and_no_others(submit, write, intake, clerk, patient, sign_in):
    other = write(intake, title="Another paper")
    inside = submit().documents.get()
    client = sign_in(clerk)
    assert client.get(inside.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404


def test_a_returned_envelope_asks_the_submitter_until_it_is_sent_again(submit, clerk, intake, patient):
    returned = services.return_submission(submission=submit(), reason="The plan is not signed.", by=clerk)
    task = Task.objects.open().get()
    assert (task.kind, task.owner, task.owner_role) == ("record-returned", intake, Role.INTAKE)
    assert [row["reason"] for row in selectors.returned_to(intake)] == ["The plan is not signed."]
    again = submit(documents=list(returned.documents.all()), replaces=returned)
    task.refresh_from_db()
    assert task.status == Task.Status.COMPLETED
    assert selectors.returned_to(intake) == []
    with pytest.raises(DomainError, match="sent again already"):
        submit(replaces=returned)
    assert again.digest == returned.digest


def test_an_envelope_needs_papers_of_this_person_not_with_the_clerk(submit, write, intake, facility):
    with pytest.raises(DomainError, match="at least one paper"):
        submit(documents=[])
    paper = write(intake)
    submit(documents=[paper])
    with pytest.raises(DomainError, match="with the clerk already"):
        submit(documents=[paper])
    other = factories.patient(facility, given_name="Ana")
    theirs = services.create_document(
        patient=other, facility=facility, kind="other", title="Letter", text="Hers.", by=intake
    )
    with pytest.raises(DomainError, match="not a current one of this person"):
        submit(documents=[theirs])


def test_pages_that_differ_are_explained(submit):
    with pytest.raises(DomainError, match="have 1 page by our count"):
        submit(page_count=3)
    assert submit(page_count=3, message="With two signed originals.").page_count == 3


def test_an_envelope_is_accepted_before_it_is_filed_and_answered_once(submit, clerk):
    envelope = submit()
    with pytest.raises(DomainError, match="not accepted yet"):
        services.file_submission(submission=envelope, location="Shelf 4", by=clerk)
    services.accept_submission(submission=envelope, by=clerk)
    with pytest.raises(DomainError, match="accepted or answered"):
        services.accept_submission(submission=envelope, by=clerk)
    services.file_submission(submission=envelope, location="Shelf 4", by=clerk)
    with pytest.raises(DomainError, match="filed or returned"):
        services.return_submission(submission=envelope, reason="Late.", by=clerk)


@pytest.mark.parametrize(
    ("status", "name"),
    [(Status.REJECTED, "submission_return_has_reason"), (Status.COMPLETED, "submission_filed_has_location")],
)
def test_the_database_refuses_an_answer_without_its_words(submit, status, name):
    envelope = submit()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        RecordSubmission.objects.filter(pk=envelope.pk).update(status=status)


def test_return_and_file_ask_for_their_words(submit, clerk):
    envelope = services.accept_submission(submission=submit(), by=clerk)
    with pytest.raises(DomainError, match="what is missing"):
        services.return_submission(submission=envelope, reason=" ", by=clerk)
    with pytest.raises(DomainError, match="where the papers are filed"):
        services.file_submission(submission=envelope, location=" ", by=clerk)


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_at_once_one_accepts(submit, clerk, facility):
    envelope, people = submit(), [clerk, factories.person(Role.CLERK, facility)]
    start, answers = threading.Barrier(2), []

    def accept(person):
        try:
            start.wait()
            services.accept_submission(submission=RecordSubmission.objects.get(pk=envelope.pk), by=person)
            answers.append("accepted")
        except DomainError:
            answers.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["accepted", "refused"]
    assert RecordSubmission.objects.get().history.count() == 2


def test_the_handshake_is_told_newest_first(submit, clerk, facility):
    envelope = services.accept_submission(submission=submit(), by=clerk)
    envelope = services.return_submission(submission=envelope, reason="A page is missing.", by=clerk)
    events = selectors.handshake(envelope, facility)
    assert [event["title"] for event in events] == ["Returned", "Accepted by the clerk", "Submitted"]
    assert events[0]["text"] == "A page is missing."


def test_the_whole_way_through_the_screens(write, intake, clerk, patient, episode, sign_in):
    paper, add = write(intake), reverse("records:submission_add", args=[patient.uuid])
    desk, clerks = sign_in(intake), sign_in(clerk)
    assert 'value="1"' in desk.get(add, {"documents": paper.uuid}).content.decode()
    assert desk.post(add, {"documents": [], "page_count": 1}).status_code == 422
    assert desk.post(add, {"documents": [paper.uuid], "page_count": 1}).status_code == 302
    envelope = RecordSubmission.objects.get()
    listed = clerks.get(reverse("records:submission_list")).content.decode()
    assert "Rivera, Marisol" in listed
    args = [patient.uuid, envelope.uuid]
    clerks.post(reverse("records:submission_accept", args=args))
    assert "File where" not in clerks.get(envelope.get_absolute_url()).content.decode()
    assert clerks.post(reverse("records:submission_file", args=args), {"location": ""}).status_code == 422
    assert clerks.post(reverse("records:submission_return", args=args), {"reason": ""}).status_code == 422
    assert clerks.post(reverse("records:submission_file", args=args), {"location": "Box 12"}).status_code == 302
    assert "Box 12" in clerks.get(reverse("records:submission_list"), {"show": "filed"}).content.decode()
    assert "Box 12" in desk.get(envelope.get_absolute_url()).content.decode()


def test_a_returned_envelope_is_sent_again_with_its_papers_ticked(submit, clerk, intake, patient, sign_in):
    returned = services.return_submission(submission=submit(), reason="Sign page 1.", by=clerk)
    client = sign_in(intake)
    url = f"{reverse('records:submission_add', args=[patient.uuid])}?again={returned.uuid}"
    page = client.get(url).content.decode()
    assert "Sign page 1." in page
    assert "checked" in page
    client.post(url, {"documents": [returned.documents.get().uuid], "page_count": 1})
    assert returned.sent_again.get().status == Status.REQUESTED
    assert "sent again" in client.get(returned.get_absolute_url()).content.decode()


def test_a_colleague_who_writes_own_papers_cannot_look_into_the_envelope(submit, patient, facility, sign_in):
    client = sign_in(factories.person(Role.TREATMENT, facility))
    assert client.get(submit().get_absolute_url()).status_code == 404


def test_a_stranger_finds_nothing(submit, other_facility, patient):
    submit()
    with pytest.raises(Http404):
        get_patient(factories.person(Role.CLERK, other_facility), patient.uuid, Perm.DOCUMENT_FILE)


def test_the_lists_ask_the_same_number_of_queries_however_long(
    submit, clerk, intake, facility, django_assert_num_queries
):
    for _ in range(6):
        submit()
    with django_assert_num_queries(1):
        assert len(selectors.envelope_rows(facility)) == 6
    services.return_submission(submission=RecordSubmission.objects.first(), reason="Again.", by=clerk)
    with django_assert_num_queries(4):  # memberships thrice, the rows once
        assert len(selectors.returned_to(intake)) == 1
