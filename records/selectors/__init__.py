"""What the screens of documents, consents and envelopes show."""

from records.selectors.channel import (
    ChannelState,
    channel_consent,
    channel_consent_of,
    channel_history,
    channel_state,
    email_addresses,
    has_expired,
    permits_mail,
    standing_consents,
)
from records.selectors.consentlinks import live_link, open_link
from records.selectors.consents import choices_of, consent_of, consents_in_force, ended_at, why_not_in_force
from records.selectors.documents import (
    document_of,
    document_rows,
    readable_documents,
    sections_of,
    signatures_of,
    working_facility,
)
from records.selectors.notices import notices_given
from records.selectors.submissions import (
    envelope_count,
    envelope_rows,
    handshake,
    papers_of,
    papers_to_submit,
    readable_submissions,
    returned_to,
    submission_of,
)
from records.selectors.wording import (
    form_in_use,
    form_of,
    form_versions,
    missing_wordings,
    notice_in_use,
    notice_version_of,
    notice_versions,
)

__all__ = [
    "live_link",
    "open_link",
    "choices_of",
    "consent_of",
    "consents_in_force",
    "ended_at",
    "why_not_in_force",
    "notices_given",
    "form_in_use",
    "form_of",
    "form_versions",
    "missing_wordings",
    "notice_in_use",
    "notice_version_of",
    "notice_versions",
    "ChannelState",
    "channel_consent",
    "channel_history",
    "channel_state",
    "channel_consent_of",
    "document_of",
    "document_rows",
    "email_addresses",
    "envelope_count",
    "envelope_rows",
    "handshake",
    "has_expired",
    "papers_of",
    "papers_to_submit",
    "permits_mail",
    "readable_documents",
    "readable_submissions",
    "returned_to",
    "sections_of",
    "signatures_of",
    "standing_consents",
    "submission_of",
    "working_facility",
]
