"""What changes documents, signatures, the reminder channel and the clerk's envelopes."""

from records.services.channel import channel_consent_text, decline_channel, revoke_channel, set_channel_consent
from records.services.completeness import add_usual_rules, ask_for_missing, retire_chart_rule, save_chart_rule
from records.services.consentlinks import make_link, opens, sign_by_link
from records.services.consents import (
    begin_consent,
    decline_consent,
    discard_draft,
    end_consent,
    record_event,
    save_draft,
    sign_consent,
    words_of,
)
from records.services.consenttext import consent_text
from records.services.documents import create_document, sign_document, supersede, verify
from records.services.elements import missing_elements
from records.services.notices import give_notice
from records.services.photos import Finding, add_photo
from records.services.submissions import accept_submission, file_submission, return_submission, submit_record
from records.services.uploads import Incoming, Index, add_uploads, add_version, index_document, mark_mistaken
from records.services.wording import add_form_version, add_notice_version, ensure_default_forms, retire_form

__all__ = [
    "add_usual_rules",
    "ask_for_missing",
    "retire_chart_rule",
    "save_chart_rule",
    "Finding",
    "Incoming",
    "Index",
    "add_photo",
    "add_uploads",
    "add_version",
    "index_document",
    "mark_mistaken",
    "make_link",
    "opens",
    "sign_by_link",
    "begin_consent",
    "decline_consent",
    "discard_draft",
    "end_consent",
    "record_event",
    "save_draft",
    "sign_consent",
    "words_of",
    "consent_text",
    "missing_elements",
    "give_notice",
    "add_form_version",
    "add_notice_version",
    "ensure_default_forms",
    "retire_form",
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
