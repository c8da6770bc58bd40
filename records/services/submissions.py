"""The clerk's envelope: submitted, accepted, filed or returned."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.access import roles_at
from accounts.models import Facility, User
from accounts.roles import Perm, Role, scope_of
from core import audit
from core.errors import DomainError, explain
from episodes import services as episodes
from episodes.models import EpisodeStep
from patients.models import Patient
from records.digests import digest_over
from records.models import Document, RecordSubmission
from records.services.inhand import let_go, take_in_hand

FILE_WITHIN = timedelta(hours=24)
SUBMITTED, RETURNED = "record-submitted", "record-returned"


@transaction.atomic
def submit_record(
    *,
    patient: Patient,
    facility: Facility,
    documents: Iterable[Document],
    page_count: int,
    by: User,
    message: str = "",
    replaces: RecordSubmission | None = None,
) -> RecordSubmission:
    """Send papers to the clerk desk, which may read them while they are in hand and has 24 hours to file them.

    `replaces` is the returned envelope that this one sends again; its task closes.
    Raises DomainError if no paper is chosen, one is another's, not current or with the clerk already, or if the
    pages counted differ from the papers' own and the message does not say why.
    """
    patient = _lock_patient(patient)
    papers = _papers(patient, documents)
    _require_pages(papers, page_count, message)
    envelope = RecordSubmission(patient=patient, facility=facility, submitted_by=by, page_count=page_count)
    envelope.message, envelope.due_at, envelope.replaces = message.strip(), timezone.now() + FILE_WITHIN, replaces
    envelope.digest = digest_over(paper.sha256 for paper in papers)
    with explain(submission_sent_again_once="This envelope was sent again already."):
        audit.save(envelope, by=by)
    envelope.documents.set(papers)
    if replaces:
        episodes.close_tasks_about(focus=replaces, kind=RETURNED, outcome="Sent again", by=by)
    _hand_to_clerk(envelope, by)
    return envelope


@transaction.atomic
def accept_submission(*, submission: RecordSubmission, by: User) -> RecordSubmission:
    """Take the envelope in hand, and its task with it.

    Raises DomainError if another clerk did, or it was answered meanwhile.
    """
    submission = _in_hand(submission, (RecordSubmission.Status.REQUESTED,), "accepted or answered")
    episodes.take_tasks_about(focus=submission, kind=SUBMITTED, by=by)
    return _answer(submission, RecordSubmission.Status.ACCEPTED, by)


@transaction.atomic
def file_submission(*, submission: RecordSubmission, location: str, by: User) -> RecordSubmission:
    """Put the papers where they belong; the step "record filed" is reached and the papers close to the clerk.

    A paper without a place of its own is said to be there.

    Raises DomainError without a location, or unless the envelope has been accepted and not answered since.
    """
    if not location.strip():
        raise DomainError("Say where the papers are filed: shelf, box or folder.", field="location")
    submission = _in_hand(submission, (RecordSubmission.Status.ACCEPTED,), "not accepted yet, or answered")
    submission.filed_location = location.strip()
    _answer(submission, RecordSubmission.Status.COMPLETED, by)
    _close(submission, by, outcome="Filed")
    for paper in submission.documents.filter(location=""):
        paper.location = submission.filed_location
        audit.save(paper, by=by)
    episode = submission.patient.episodes.open().select_for_update(no_key=True).first()
    if episode:
        episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.RECORD_FILED, by=by)
    return submission


@transaction.atomic
def return_submission(*, submission: RecordSubmission, reason: str, by: User) -> RecordSubmission:
    """Give the envelope back with what is missing; whoever submitted it gets a task to send it again.

    Raises DomainError without a reason, or if it was filed or returned meanwhile.
    """
    if not reason.strip():
        raise DomainError("Say what is missing, so that it can be mended.", field="reason")
    open_statuses = (RecordSubmission.Status.REQUESTED, RecordSubmission.Status.ACCEPTED)
    submission = _in_hand(submission, open_statuses, "filed or returned")
    submission.return_reason = reason.strip()
    _answer(submission, RecordSubmission.Status.REJECTED, by)
    _close(submission, by, outcome="Returned")
    episodes.ask(
        facility=submission.facility,
        patient=submission.patient,
        kind=RETURNED,
        text="Complete the envelope the clerk returned",
        owner_role=_desk_of(submission),
        owner=submission.submitted_by,
        due_at=timezone.now() + FILE_WITHIN,
        focus=submission,
        by=by,
    )
    return submission


def _lock_patient(patient: Patient) -> Patient:
    """Patient, then envelope, then episode: everyone locks in this order."""
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _papers(patient: Patient, documents: Iterable[Document]) -> list[Document]:
    wanted = {document.pk for document in documents}
    if not wanted:
        raise DomainError("Choose at least one paper.", field="documents")
    rows = Document.objects.filter(patient__in=patient.same_person, pk__in=wanted, status=Document.Status.CURRENT)
    papers = list(rows.order_by("pk"))
    if len(papers) < len(wanted):
        raise DomainError("A paper you chose is not a current one of this person; choose again.", field="documents")
    in_hand = patient.submissions.filter(status__in=RecordSubmission.OPEN, documents__in=papers)
    if in_hand.exists():
        raise DomainError("A paper you chose is with the clerk already.", field="documents")
    return papers


def _require_pages(papers: list[Document], page_count: int, message: str) -> None:
    own = sum(paper.pages for paper in papers)
    if page_count != own and not message.strip():
        pages = "1 page" if own == 1 else f"{own} pages"
        raise DomainError(
            f"The papers have {pages} by our count. Correct the number, or say in the message why it differs.",
            field="page_count",
        )


def _hand_to_clerk(envelope: RecordSubmission, by: User) -> None:
    take_in_hand(envelope.patient, envelope.facility, Role.CLERK)
    episodes.ask(
        facility=envelope.facility,
        patient=envelope.patient,
        kind=SUBMITTED,
        text="File the record submitted",
        owner_role=Role.CLERK,
        due_at=envelope.due_at,
        focus=envelope,
        by=by,
    )


def _in_hand(submission: RecordSubmission, statuses: tuple[str, ...], otherwise: str) -> RecordSubmission:
    _lock_patient(submission.patient)
    row = RecordSubmission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    if row.status not in statuses:
        raise DomainError(f"This envelope is {otherwise} meanwhile; look at it again.", code="submission.answered")
    return row


def _answer(submission: RecordSubmission, status: str, by: User) -> RecordSubmission:
    submission.status, submission.answered_by, submission.answered_at = status, by, timezone.now()
    return audit.save(submission, by=by)


def _close(submission: RecordSubmission, by: User, *, outcome: str) -> None:
    """The clerk's task is done, and with the last envelope in hand the papers close to that desk."""
    episodes.close_tasks_about(focus=submission, kind=SUBMITTED, outcome=outcome, by=by)
    let_go(submission.patient, submission.facility)


def _desk_of(submission: RecordSubmission) -> str:
    """The desk from which the envelope came: a role of the submitter that may submit, else the first held."""
    roles = roles_at(submission.submitted_by, submission.facility)
    return next((role for role in roles if scope_of(role, Perm.DOCUMENT_SUBMIT)), Role.PATIENT_CARE)
