"""Papers and consents of another system: kept to be read, and never a permission by themselves.

A consent is valid here with the elements of 42 CFR 2.31 and a signature over its words, which no file brings. It
arrives as a draft that says what the other system recorded; somebody composes it anew with the person, or lets it be.
"""

import base64
import binascii
from typing import Any

from core import audit
from core.errors import DomainError
from core.files.uploads import Upload, looked_at
from core.models import Record
from fhir import values
from fhir.sources import Entry
from fhir.writers import REASON, Context, Resource
from records.digests import digest_of, pages_of
from records.models import Consent, ConsentCategory, ConsentRecipient, Document, Purpose
from records.services.documents import arrived
from records.services.uploads import keep
from staff.models import PartnerOrganization, Practitioner

CONSENT_PAPER = "59284-0"
# LOINC document types, as far as a kind of ours means the same.
KINDS = {
    "11502-2": Document.Kind.LABORATORY,
    "18748-4": Document.Kind.IMAGING,
    "18842-5": Document.Kind.DISCHARGE,
    "57133-1": Document.Kind.REFERRAL,
    "10160-0": Document.Kind.MEDICATION,
    CONSENT_PAPER: Document.Kind.CONSENT,
    "64290-0": Document.Kind.INSURANCE,
}
STATUSES = {
    "superseded": Document.Status.SUPERSEDED,
    "entered-in-error": Document.Status.ENTERED_IN_ERROR,
}
CONSENT_STATUSES = {
    "rejected": Consent.Status.REJECTED,
    "inactive": Consent.Status.INACTIVE,
    "entered-in-error": Consent.Status.ENTERED_IN_ERROR,
}
PURPOSES = {
    "TREAT": Purpose.TREATMENT,
    "ETREAT": Purpose.TREATMENT,
    "HPAYMT": Purpose.PAYMENT,
    "HOPERAT": Purpose.OPERATIONS,
    "HRESCH": Purpose.RESEARCH,
    "FAMRQT": Purpose.FAMILY,
    "PATRQT": Purpose.PATIENT_REQUEST,
}
RECEIVES = {"IRCP", "PRCP"}  # the codes of an actor to whom something may be disclosed


def write_document(resource: Resource, row: Document, context: Context) -> Document:
    """A paper: its file, if the resource carries one that we take; else the words that say where it is.

    What a paper says never changes: a resource with another content becomes a newer version of it.
    """
    draft = _described(
        resource, Document(patient=context.patient("DocumentReference", resource.get("subject"))), context
    )
    attachment = values.first(resource.get("content")).get("attachment") or {}
    upload, why = _upload(attachment)
    if upload is None:
        draft.text = _pointer(attachment, why)
        draft.sha256, draft.pages = digest_of(draft.text), pages_of(draft.text)
    if row.pk and _says_the_same(row, draft, upload):
        return context.save(_described(resource, row, context))
    if row.pk:
        draft.replaces = row
        row.status = Document.Status.SUPERSEDED
        context.save(row)
    return keep(draft, upload, by=None, reason=REASON) if upload else arrived(context.save(draft), by=None)


def write_consent(resource: Resource, row: Consent, context: Context) -> Consent:
    """A draft that permits nothing. One that somebody here has taken up is left as it is."""
    if row.pk and row.history.filter(history_user__isnull=False).exists():
        return row
    row.patient, row.facility = context.patient("Consent", resource.get("patient")), context.facility
    provision = resource.get("provision") or {}
    row.category = ConsentCategory.DISCLOSURE
    row.status = CONSENT_STATUSES.get(str(resource.get("status")), Consent.Status.DRAFT)
    row.discloser = ", ".join(_names(resource.get("organization"), context))[:300]
    found = {PURPOSES.get(str(code.get("code"))) for code in provision.get("purpose") or []} - {None}
    row.purposes = sorted(str(purpose) for purpose in found)
    row.description = _consent_words(resource, provision, context)
    ends = values.whole_date((provision.get("period") or {}).get("end"))
    row.expiry, row.expires_on = (Consent.Expiry.DATE if ends else ""), ends
    context.save(row)
    if row.status == Consent.Status.DRAFT:
        _name_recipients(row, provision, context)
    return row


def source_of(entry: Entry, resource_id: str) -> Entry | None:
    """The paper inside a consent as a DocumentReference of its own, so that it is kept as every paper is."""
    attachment = entry.resource.get("sourceAttachment") or {}
    if entry.kind != "Consent" or not (attachment.get("data") or attachment.get("url")):
        return None
    wrong = entry.resource.get("status") == "entered-in-error"
    paper = {
        "resourceType": "DocumentReference", "id": f"{resource_id[:190]}-source",
        "status": "entered-in-error" if wrong else "current", "type": {"coding": [{"code": CONSENT_PAPER}]},
        "subject": entry.resource.get("patient"), "description": attachment.get("title") or "Consent, from elsewhere",
        "content": [{"attachment": attachment}],
    }  # fmt: skip
    custodian = values.first(entry.resource.get("organization"))
    return Entry({**paper, **({"custodian": custodian} if custodian else {})})


def _described(resource: Resource, row: Document, context: Context) -> Document:
    attachment = values.first(resource.get("content")).get("attachment") or {}
    codes = {str(code.get("code")) for code in (resource.get("type") or {}).get("coding") or []}
    row.facility = context.facility
    row.kind = next((kind for code, kind in KINDS.items() if code in codes), Document.Kind.OTHER)
    title = resource.get("description") or attachment.get("title") or values.text_of(resource.get("type"))
    row.title = str(title or row.get_kind_display())[:200]
    row.written_on = values.whole_date(attachment.get("creation") or resource.get("date"))
    sources = [resource.get("custodian") or {}, *(resource.get("author") or [])]
    row.source = ", ".join(_names(sources, context))[:200]
    if row.status != Document.Status.SUPERSEDED or not row.pk:
        row.status = STATUSES.get(str(resource.get("status")), Document.Status.CURRENT)
    return row


def _upload(attachment: dict[str, Any]) -> tuple[Upload | None, str]:
    """The file inside, looked at like any other; or why there is none."""
    data = attachment.get("data")
    if not data:
        return None, ""
    try:
        return looked_at(base64.b64decode(data, validate=True)), ""
    except binascii.Error:
        return None, "The file that came with it is damaged."
    except DomainError as error:
        return None, f"The file that came with it was not kept. {error.message}"


def _pointer(attachment: dict[str, Any], why: str) -> str:
    facts = [
        ("Address", attachment.get("url")),
        ("Kind of file", attachment.get("contentType")),
        ("Size in bytes", attachment.get("size")),
        ("Written", attachment.get("creation")),
    ]
    known = "\n".join(f"{label}: {value}" for label, value in facts if value)
    return "\n\n".join(part for part in ("This paper is kept in another system.", why, known) if part) + "\n"


def _says_the_same(row: Document, draft: Document, upload: Upload | None) -> bool:
    if upload is None:
        return not row.is_upload and row.sha256 == draft.sha256
    return row.is_upload and row.text == upload.text and row.size == len(upload.content)


def _names(references: list[dict[str, Any]] | None, context: Context) -> list[str]:
    """Those we know by their own names, the others as the resource shows them; each once."""
    found: dict[str, None] = {}
    for reference in references or []:
        known = context.references.resolve(reference, "Organization", "Practitioner") if reference else None
        name = known.name if isinstance(known, PartnerOrganization) else str(known or "")
        if shown := name or str(reference.get("display") or ""):
            found[shown] = None
    return list(found)


def _where_its_paper_is(resource: Resource, context: Context) -> str:
    attachment, reference = resource.get("sourceAttachment") or {}, resource.get("sourceReference") or {}
    if attachment.get("data") or attachment.get("url") or context.references.resolve(reference, "DocumentReference"):
        return "Its paper is among the documents."
    return "Its paper is kept in another system." if reference else ""


def _consent_words(resource: Resource, provision: dict[str, Any], context: Context) -> str:
    """What the other system recorded, and why it permits nothing here."""
    period, rule = provision.get("period") or {}, values.code_of(resource.get("policyRule"))
    parts = [
        "Recorded in another system, and not signed here: it permits nothing. Compose it anew with the person.",
        f"Recorded there as {resource.get('status')}, of {str(resource.get('dateTime') or 'an unknown day')[:10]}.",
        {"OPTIN": "The person opted in.", "OPTOUT": "The person opted out."}.get(rule, ""),
        "It forbids what it names." if provision.get("type") == "deny" else "",
        f"From {str(period.get('start'))[:10]}." if period.get("start") else "",
        "It makes exceptions that cannot be shown here." if provision.get("provision") else "",
        _where_its_paper_is(resource, context),
    ]
    return "\n".join(part for part in parts if part)


def _name_recipients(row: Consent, provision: dict[str, Any], context: Context) -> None:
    known = set(row.recipients.values_list("name", flat=True))
    for actor in provision.get("actor") or []:
        if values.code_of(actor.get("role")) not in RECEIVES:
            continue
        reference = actor.get("reference") or {}
        found = context.references.resolve(reference, "Organization", "Practitioner")
        for name in _names([reference], context):
            if name not in known:
                known.add(name)
                _save_recipient(row, name[:200], found)


def _save_recipient(row: Consent, name: str, found: Any) -> None:
    kind = ConsentRecipient.Kind.PROVIDER if isinstance(found, Practitioner) else ConsentRecipient.Kind.ENTITY
    line = ConsentRecipient(consent=row, kind=kind, name=name)
    line.partner = found if isinstance(found, PartnerOrganization) else None
    audit.save(line, by=None, reason=REASON)


PAPER_WRITERS: dict[str, tuple[type[Record], Any]] = {
    "DocumentReference": (Document, write_document),
    "Consent": (Consent, write_consent),
}
