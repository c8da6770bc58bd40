"""What changes documents, signatures, the reminder channel and the clerk's envelopes."""

from records.services.channel import channel_consent_text, decline_channel, revoke_channel, set_channel_consent
from records.services.documents import create_document, sign_document, supersede, verify
from records.services.submissions import accept_submission, file_submission, return_submission, submit_record

__all__ = [
    "accept_submission",
    "channel_consent_text",
    "create_document",
    "decline_channel",
    "file_submission",
    "return_submission",
    "revoke_channel",
    "set_channel_consent",
    "sign_document",
    "submit_record",
    "supersede",
    "verify",
]
