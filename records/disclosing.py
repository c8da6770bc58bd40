"""The question that everything leaving the house is put to, and the answers to it."""

from dataclasses import dataclass, field
from datetime import date

from accounts.models import Facility
from accounts.roles import DataClass
from core.errors import DomainError
from patients.models import Patient
from records.models import TPO, Basis, Channel, Consent, ConsentRecipient, Disclosure, Document, Purpose, ReleaseRequest
from staff.models import PartnerOrganization

# The refusals, each with what to do about it. The codes are stable: reports and the read log hold them.
SENTENCES = {
    "consent.missing": "No consent covers this. Ask the person for one, or name the exception that permits it.",
    "consent.expired": "The consent has expired. Ask the person for a new one.",
    "consent.revoked": "The person has taken the consent back. Nothing more may leave by it.",
    "consent.deficient": "The consent is not complete or not signed as it stands, so it permits nothing. Complete it.",
    "consent.recipient": "The consent does not name this recipient. Ask the person for one that does.",
    "consent.purpose": "The consent does not serve this purpose. Ask the person for one that does.",
    "consent.scope": "The consent does not cover all of this. Leave out the rest, or ask for a wider one.",
    "consent.notes_combined": "SUD counseling notes leave by a consent of their own, with nothing else beside them.",
    "consent.legal_proceeding": (
        "For legal proceedings it takes the person’s consent to exactly that, or a court order and a subpoena on file "
        "and the privacy officer’s approval."
    ),
    "restriction.active": "The person asked us not to disclose this, and it was agreed. It binds us.",
    "basis.deficient": "This exception needs more before it permits anything: see what is asked for it.",
    "channel.consent": "The person has not agreed to this way of being written to. Call, or ask for the consent.",
    "channel.unprotected": "Records do not leave by this way. Make a packet, and hand it over or send it protected.",
}


class Refused(DomainError):
    """The preflight says no. Nothing has left; the refusal is in the read log already."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code], code=code)


@dataclass(frozen=True)
class Recipient:
    """Who is to receive. `is_patient`: the person, or the personal representative, who stands in the person's place."""

    name: str
    kind: str = ConsentRecipient.Kind.ENTITY
    affiliation: str = ""
    address: str = ""
    partner: PartnerOrganization | None = None
    is_patient: bool = False

    def is_named_by(self, name: str, partner_id: int | None) -> bool:
        """Whether a consent or a restriction that names this partner, or this name, means this recipient."""
        if self.partner and partner_id:
            return self.partner.pk == partner_id
        return folded(self.name) == folded(name)


@dataclass(frozen=True)
class Question:
    """What is to leave, to whom, for what, by which way, and on what ground."""

    patient: Patient
    facility: Facility
    recipient: Recipient
    purpose: str
    data_classes: frozenset[str]
    channel: str
    basis: str = Basis.CONSENT
    consent: Consent | None = None
    release: ReleaseRequest | None = None
    emergency: str = ""
    authority: str = ""
    covers_from: date | None = None
    covers_until: date | None = None

    @property
    def is_tpo(self) -> bool:
        return self.purpose in TPO

    @property
    def is_legal(self) -> bool:
        return self.purpose == Purpose.LEGAL

    @property
    def has_notes(self) -> bool:
        return DataClass.COUNSELING in self.data_classes

    @property
    def is_to_patient(self) -> bool:
        """A message to the person is no disclosure. Counseling notes are no part of the right of access (164.524)."""
        return self.recipient.is_patient and not self.has_notes

    @property
    def is_message(self) -> bool:
        return self.channel in (Channel.MAIL, Channel.CALENDAR)


@dataclass(frozen=True)
class Decision:
    """What the rules say: a code, "" if it may leave, and the consent it rests on (or nearly did)."""

    code: str = ""
    consent: Consent | None = None

    @property
    def allowed(self) -> bool:
        return not self.code

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code] if self.code else ""


@dataclass(frozen=True)
class Permit:
    """It may leave. `notice` and `consent_copy` have to go along; both are empty to the person."""

    basis: str
    to_patient: bool = False
    consent: Consent | None = None
    notice: str = ""
    consent_copy: str = ""
    disclosure: Disclosure | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Packet:
    """What leaves: the paper that keeps it, the digest of the file handed over, and of what it says, printed inside."""

    document: Document
    sha256: str
    content_sha256: str


def folded(name: str) -> str:
    """A name for comparing: case and spacing aside."""
    return " ".join(name.casefold().split())
