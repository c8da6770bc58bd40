"""The packet that leaves: a PDF, or a ZIP with each paper by itself, with notice, consent and fingerprint inside."""

import zipfile
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from chart.selectors.packets import Content, Entry, content_of, content_text, file_name
from chart.services.binding import bound, sheet
from core.errors import DomainError
from core.labels import when_label
from core.pdf import render_pdf
from records.digests import digest_of
from records.disclosing import Packet, Permit
from records.letters import letterhead
from records.models import ReleaseRequest
from records.services import releases
from records.services.documents import content_of_paper
from records.services.packets import keep_packet

PDF, ZIP = "application/pdf", "application/zip"


def release_records(*, release: ReleaseRequest, by: User) -> ReleaseRequest:
    """Make the packet and let it leave by the preflight. Raises Refused, or DomainError if there is nothing in it."""
    return releases.release_records(release=release, pack=lambda row, permit: make_packet(row, permit, by), by=by)


def make_packet(release: ReleaseRequest, permit: Permit, by: User) -> Packet:
    """The file, kept as it leaves. Without notice and consent no consented packet is made (42 CFR 2.32)."""
    content = content_of(release)
    if content.is_empty:
        raise DomainError("There is nothing of that in the record. Choose other kinds or days.", code="release.empty")
    if permit.consent and not (permit.notice and permit.consent_copy):
        raise DomainError("The notice and the consent have to go along.", code="release.notice")
    said = digest_of(permit.notice + permit.consent_copy + content_text(content))
    as_zip = release.form == ReleaseRequest.Form.ZIP
    file, pages = (_zip if as_zip else _pdf)(release, permit, content, said)
    return keep_packet(
        release=release, content=file, content_type=ZIP if as_zip else PDF, pages=pages, content_sha256=said, by=by
    )


def _pdf(release: ReleaseRequest, permit: Permit, content: Content, said: str) -> tuple[bytes, int]:
    return bound(content.papers, release.form, _record(release, permit, content, said))


def _zip(release: ReleaseRequest, permit: Permit, content: Content, said: str) -> tuple[bytes, int]:
    """The record as a PDF, each paper by itself, and a manifest with the digest of every file."""
    record = _record(release, permit, content, said)
    sheets = [sheet(paper, "A file of its own in this packet.") for paper in content.papers]
    papers = [{"title": "Papers", "entries": sheets}] if sheets else []
    parts = [*record["parts"], *papers, *record["amendments"]]
    files = {"record.pdf": render_pdf("chart/pdf/packet.typ", record | {"parts": parts})}
    pages = len(PdfReader(BytesIO(files["record.pdf"])).pages)
    if permit.notice:
        files |= {"notice.txt": permit.notice.encode(), "consent.txt": permit.consent_copy.encode()}
    for number, paper in enumerate(content.papers, 1):
        files[f"papers/{file_name(paper, number)}"] = content_of_paper(paper)
        pages += paper.pages
    files["manifest.txt"] = _manifest(files, said).encode()
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in files.items():
            archive.writestr(name, file)
    return whole.getvalue(), pages


def _manifest(files: dict[str, bytes], said: str) -> str:
    lines = [f"{sha256(file).hexdigest()}  {name}" for name, file in sorted(files.items())]
    return "\n".join(["SHA-256 of each file", *lines, "", f"Fingerprint of the content: {said}", ""])


def _record(release: ReleaseRequest, permit: Permit, content: Content, said: str) -> dict[str, Any]:
    """The data of `chart/pdf/packet.typ`, but for the papers, whose place is between `parts` and `amendments`."""
    facility, patient = release.facility, release.patient
    amendments = [_entry(row) for row in content.amendments]
    return {
        "title": "Copies of the record",
        "subtitle": f"For {release.recipient_name}",
        "facility": letterhead(facility),
        "person": {"name": patient.legal_name, "facts": _facts(release)},
        "printed": when_label(timezone.now(), facility.tz),
        "footer": permit.notice and "42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
        "notice": permit.notice,
        "consent": permit.consent_copy,
        "what": releases.describe(release),
        "parts": [{"title": part.title, "entries": [_entry(row) for row in part.entries]} for part in content.parts],
        "amendments": [{"title": "Amendments and statements", "entries": amendments}] if amendments else [],
        "sha256": said,
    }


def _facts(release: ReleaseRequest) -> list[tuple[str, str]]:
    """Who the person is, as far as the request covers it: the name always, or the packet would be nobody's."""
    born = release.patient.birth_date if "identity" in release.data_classes else None
    return [("Born", born.isoformat())] if born else []


def _entry(row: Entry) -> dict[str, str]:
    return {"heading": row.heading, "on": f"{row.on:%d %b %Y}" if row.on else "", "text": row.text}
