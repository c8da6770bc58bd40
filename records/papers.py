"""The papers of this app as data for their PDF."""

from collections.abc import Iterable
from typing import Any

from core.labels import when_label
from patients.models import Patient
from records.letters import letter
from records.models import Document, Signature
from records.selectors.documents import sections_of

INK = "#13252a"


def document_data(patient: Patient, document: Document, signatures: Iterable[Signature]) -> dict[str, Any]:
    """A paper written here, word for word, with the signatures under it and its fingerprint."""
    facility = document.facility
    written = f"{when_label(document.created_at, facility.tz)}, by {document.written_by}"
    facts = [("Written", written)]
    if document.status != Document.Status.CURRENT:
        facts.append(("Status", document.get_status_display()))
    if not document.is_intact:
        facts.append(("Warning", "This text is not the text that was written. Do not rely on it."))
    return letter(
        patient,
        facility,
        document.title,
        facts=facts,
        sections=_below_title(document),
        signatures=[signature_data(row, facility.tz) for row in signatures],
        sha256=document.sha256,
    )


def _below_title(document: Document) -> list[dict[str, str]]:
    """The sections, without one that only says the title again."""
    sections = sections_of(document.text) if document.text else []
    first = sections[0]["heading"] or sections[0]["body"] if sections else ""
    repeats = first.casefold() == document.title.casefold() and not (sections[0]["heading"] and sections[0]["body"])
    return sections[1:] if repeats else sections


def signature_data(row: Signature, tz: Any) -> dict[str, str]:
    """One signature, drawn or typed, as a paper shows it."""
    role = row.get_signer_role_display() + (f", {row.basis}" if row.basis else "")
    return {
        "name": row.signer_name,
        "role": role,
        "method": row.get_method_display(),
        "at": when_label(row.signed_at, tz),
        "witness": str(row.witness) if row.witness else "",
        "drawing": drawing_svg(row.drawing),
    }


def drawing_svg(path: str) -> str:
    """The strokes of a drawn signature as an SVG picture, "" without any. The path is digits and commands alone."""
    if not path:
        return ""
    box = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 300"'
    stroke = f'fill="none" stroke="{INK}" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"'
    return f'<svg {box}><path d="{path}" {stroke}/></svg>'
