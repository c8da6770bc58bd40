"""The packet that leaves: a PDF, or a ZIP with each paper by itself, with notice, consent and fingerprint inside."""

import zipfile
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image
from pypdf import PdfReader, PdfWriter

from accounts.models import User
from chart.selectors.packets import Content, Entry, content_of, content_text
from core.errors import DomainError
from core.labels import when_label
from core.pdf import render_pdf
from records.digests import digest_of
from records.disclosing import Packet, Permit
from records.letters import letterhead
from records.models import Document, ReleaseRequest
from records.services import releases
from records.services.packets import keep_packet

PDF, ZIP = "application/pdf", "application/zip"
ENDINGS = {PDF: "pdf", "image/jpeg": "jpg", "image/png": "png", "text/plain": "txt"}


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
    """The record set as one paper; uploads that are pages or pictures follow it."""
    uploads = [paper for paper in content.papers if paper.is_upload]
    odd = [paper for paper in uploads if paper.content_type not in (PDF, "image/jpeg", "image/png")]
    if odd:
        raise DomainError(
            f"{len(odd)} of the papers are files that are no pages. Choose ZIP, or leave them out.", code="release.form"
        )
    set_paper = render_pdf("chart/pdf/packet.typ", _paper(release, permit, content, said))
    if not uploads:
        return set_paper, len(PdfReader(BytesIO(set_paper)).pages)
    writer = PdfWriter()
    for part in (set_paper, *(_pages(paper) for paper in uploads)):
        writer.append(BytesIO(part))
    whole = BytesIO()
    writer.write(whole)
    return whole.getvalue(), len(writer.pages)


def _pages(paper: Document) -> bytes:
    content = _bytes(paper)
    if paper.content_type == PDF:
        return content
    page = BytesIO()
    Image.open(BytesIO(content)).convert("RGB").save(page, "PDF", resolution=150)
    return page.getvalue()


def _zip(release: ReleaseRequest, permit: Permit, content: Content, said: str) -> tuple[bytes, int]:
    """The record as a PDF, each paper by itself, and a manifest with the digest of every file."""
    files = {"record.pdf": render_pdf("chart/pdf/packet.typ", _paper(release, permit, content, said, papers=False))}
    pages = len(PdfReader(BytesIO(files["record.pdf"])).pages)
    if permit.notice:
        files |= {"notice.txt": permit.notice.encode(), "consent.txt": permit.consent_copy.encode()}
    for number, paper in enumerate(content.papers, 1):
        ending = ENDINGS.get(paper.content_type, "bin") if paper.is_upload else "txt"
        files[f"papers/{number:03}-{paper.kind}.{ending}"] = _bytes(paper)
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


def _bytes(paper: Document) -> bytes:
    if not paper.is_intact:
        raise DomainError("A paper is not as it was written; do not hand it out.", code="document.tampered")
    if not paper.is_upload:
        return paper.text.encode()
    with paper.file.open("rb") as file:
        return bytes(file.read())


def _paper(
    release: ReleaseRequest, permit: Permit, content: Content, said: str, *, papers: bool = True
) -> dict[str, Any]:
    """The data of `chart/pdf/packet.typ`."""
    facility, patient = release.facility, release.patient
    parts = [{"title": part.title, "entries": [_entry(row) for row in part.entries]} for part in content.parts]
    if content.papers:
        parts.append({"title": "Papers", "entries": [_sheet(paper, whole=papers) for paper in content.papers]})
    if content.amendments:
        parts.append({"title": "Amendments and statements", "entries": [_entry(row) for row in content.amendments]})
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
        "parts": parts,
        "sha256": said,
    }


def _facts(release: ReleaseRequest) -> list[tuple[str, str]]:
    """Who the person is, as far as the request covers it: the name always, or the packet would be nobody's."""
    born = release.patient.birth_date if "identity" in release.data_classes else None
    return [("Born", born.isoformat())] if born else []


def _entry(row: Entry) -> dict[str, str]:
    return {"heading": row.heading, "on": _day(row.on), "text": row.text}


def _sheet(paper: Document, *, whole: bool) -> dict[str, str]:
    """A paper in the set one: its words, or where its own pages are."""
    if whole and not paper.is_upload:
        return {"heading": paper.title, "on": _day(paper.written_on), "text": paper.text}
    text = "Its pages follow at the end." if whole else "A file of its own in this packet."
    return {"heading": paper.title, "on": _day(paper.written_on), "text": text}


def _day(day: date | None) -> str:
    return f"{day:%d %b %Y}" if day else ""
