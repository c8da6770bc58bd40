"""Packets as they left: kept as papers that no list of documents shows, those with counseling notes sealed."""

from base64 import b64decode, b64encode
from functools import partial
from hashlib import sha256
from typing import Any

from accounts import access
from accounts.models import AccessEvent, User
from accounts.roles import DataClass, Perm
from core import audit
from core.apart import apart
from core.errors import DomainError
from core.fields import seal, unseal
from core.files import places
from records.disclosing import Packet, Refused
from records.models import Document, ReleaseRequest
from records.selectors.releases import outlook

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


def hand_over(*, release: ReleaseRequest, by: User) -> bytes:
    """The packet for whoever hands it out, once more asked of the preflight: it may have been released long ago.

    Raises Refused once what it rested on has ended, which the read log then says; DomainError as `packet_content`.
    """
    seen: dict[str, Any] = {
        "user": by, "action": AccessEvent.Action.EXPORT, "data_class": Perm.DISCLOSURE_EDIT,
        "patient_id": release.patient_id, "target": f"records.ReleaseRequest:{release.pk}",
    }  # fmt: skip
    if code := outlook(release).code:
        apart(partial(access.log, **seen, outcome=AccessEvent.Outcome.DENIED, code=code))
        raise Refused(code)
    content = packet_content(release)
    access.log(**seen)
    return content


def has_notes(release: ReleaseRequest) -> bool:
    return DataClass.COUNSELING in release.data_classes


def _sealed(content: bytes) -> bytes:
    return seal(b64encode(content).decode(), _CONTEXT).encode()
