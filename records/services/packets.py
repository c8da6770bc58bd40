"""Packets as they left: kept as papers that no list of documents shows, those with counseling notes sealed."""

from base64 import b64decode, b64encode
from hashlib import sha256

from accounts.models import User
from accounts.roles import DataClass
from core import audit
from core.errors import DomainError
from core.fields import seal, unseal
from core.files import places
from records.disclosing import Packet
from records.models import Document, ReleaseRequest

SEALED = "application/octet-stream"
_CONTEXT = b"release.packet"


def keep_packet(
    *, release: ReleaseRequest, content: bytes, content_type: str, pages: int, content_sha256: str, by: User
) -> Packet:
    """Keep the file as it leaves. One with counseling notes is unreadable at rest."""
    kept, kind = (content, content_type) if not has_notes(release) else (_sealed(content), SEALED)
    document = Document(patient=release.patient, facility=release.facility, kind=Document.Kind.RELEASE, author=by)
    document.title, document.pages = "Released packet", max(1, min(pages, 32_000))
    document.content_type, document.size, document.sha256 = kind, len(kept), sha256(kept).hexdigest()
    with places.kept([kept]) as (name,):
        document.file = name
        audit.save(document, by=by)
    return Packet(document, sha256(content).hexdigest(), content_sha256)


def packet_content(release: ReleaseRequest) -> bytes:
    """The file as it left. Raises DomainError if it is not that any more."""
    document = release.packet
    if document is None or not document.is_intact:
        raise DomainError("The packet is not as it left; do not hand it out.", code="document.tampered")
    with document.file.open("rb") as file:
        kept = bytes(file.read())
    return b64decode(unseal(kept.decode(), _CONTEXT)) if document.content_type == SEALED else kept


def has_notes(release: ReleaseRequest) -> bool:
    return DataClass.COUNSELING in release.data_classes


def _sealed(content: bytes) -> bytes:
    return seal(b64encode(content).decode(), _CONTEXT).encode()
