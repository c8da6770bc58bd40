"""Papers and the signatures under them. A document never changes: a better one takes its place."""

from django.db import connection, transaction

from accounts.models import Facility, User
from core import audit
from core.errors import DomainError
from episodes import services as episodes
from patients.models import Patient
from records.digests import digest_of, pages_of
from records.models import Document, Signature

ARRIVALS = 0xF11E  # one advisory lock a patient: papers that arrive share it, who asks for one has it alone


@transaction.atomic
def create_document(*, patient: Patient, facility: Facility, kind: str, title: str, text: str, by: User) -> Document:
    """Keep a paper as it was rendered, with the digest of its text. PostgreSQL refuses any later change of it.

    Raises DomainError if there is no text.
    """
    if not text.strip():
        raise DomainError("A document needs its text.", code="document.empty", field="text")
    document = Document(patient=patient, facility=facility, kind=kind, title=title, text=text, author=by)
    document.sha256, document.pages = digest_of(text), pages_of(text)
    return arrived(audit.save(document, by=by), by=by)


def arrived(document: Document, *, by: User | None) -> Document:
    """Whoever was asked for such a paper, because the chart lacked it, is asked no longer.

    Each service that writes a paper, or says what kind it is, ends with this, in its transaction.
    """
    if document.status == Document.Status.CURRENT:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", arrivals_of(document.patient))
        episodes.settle_missing(patient=document.patient, what=document.kind, by=by)
    return document


def arrivals_of(patient: Patient) -> list[int]:
    """The key of the lock between asking for a paper and its arrival: of the two the later one sees the other.

    Row locks would not do: a paper's reference to its patient is looked at when the transaction ends, and no earlier.
    """
    return [ARRIVALS, patient.pk % (1 << 31)]


@transaction.atomic
def supersede(*, document: Document, by: User | None, reason: str = "") -> Document:
    """Say that a later paper takes this one's place; it stays readable. Harmless twice."""
    document = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if document.status != Document.Status.CURRENT:
        return document
    document.status = Document.Status.SUPERSEDED
    return audit.save(document, by=by, reason=reason)


@transaction.atomic
def sign_document(
    *,
    document: Document,
    signer_name: str,
    signer_role: str,
    method: str,
    by: User | None,
    witness: User | None = None,
    basis: str = "",
    drawing: str = "",
    reason: str = "",
) -> Signature:
    """Sign the text exactly as it stands (E-SIGN, 15 USC 7001): who, how, before whom, when, over which digest.

    `by` None is somebody without an account, and `reason` says how (a single-use link).

    Raises DomainError without a name, or if the paper is no longer current or no longer what was rendered.
    """
    if not signer_name.strip():
        raise DomainError("Type the full name to sign.", code="signature.name", field="signed_name")
    document = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if document.status != Document.Status.CURRENT:
        raise DomainError("This paper is no longer current; sign the one that took its place.", code="document.old")
    if not document.is_intact:
        raise DomainError("This paper is not as it was written; do not sign it.", code="document.tampered")
    signature = Signature(document=document, signer_name=signer_name.strip(), signer_role=signer_role)
    signature.method, signature.sha256, signature.witness = method, document.sha256, witness
    signature.basis, signature.drawing = basis.strip(), drawing
    return audit.save(signature, by=by, reason=reason)


def content_of_paper(document: Document) -> bytes:
    """What a paper says, to the byte: its text, or its file. Raises DomainError if it is not that any more."""
    if not document.is_intact:
        raise DomainError("A paper is not as it was written; do not hand it out.", code="document.tampered")
    if not document.is_upload:
        return document.text.encode()
    with document.file.open("rb") as file:
        return bytes(file.read())


def verify(signature: Signature) -> bool:
    """Whether the signed text is still the text that was shown, to the byte."""
    return signature.is_intact
