"""Documents, signatures, consents, disclosures, requests, and the clerk's envelope."""

from records.models.channel import ChannelConsent
from records.models.completeness import ChartRule
from records.models.consents import (
    TPO,
    Consent,
    ConsentCategory,
    ConsentForm,
    ConsentLink,
    ConsentRecipient,
    Purpose,
)
from records.models.counseling import CounselingNote
from records.models.disclosures import Basis, Channel, Disclosure
from records.models.documents import ClinicalPhoto, Document, Signature
from records.models.notices import Notice, NoticeVersion
from records.models.requests import AmendmentRequest, ReleaseRequest
from records.models.submissions import RecordSubmission

__all__ = [
    "TPO",
    "AmendmentRequest",
    "Basis",
    "Channel",
    "ChannelConsent",
    "ChartRule",
    "ClinicalPhoto",
    "Consent",
    "ConsentCategory",
    "ConsentForm",
    "ConsentLink",
    "ConsentRecipient",
    "CounselingNote",
    "Disclosure",
    "Document",
    "Notice",
    "NoticeVersion",
    "Purpose",
    "RecordSubmission",
    "ReleaseRequest",
    "Signature",
]
