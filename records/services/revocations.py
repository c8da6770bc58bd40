"""The writing by which a consent is taken back (42 CFR 2.31(a)(6)): signed here, or a letter that came."""

from dataclasses import dataclass

from accounts.models import User
from core.errors import DomainError
from core.times import day_of
from records.choices import Signed
from records.digests import digest_of
from records.models import Consent, ConsentRecipient, Document
from records.services.documents import create_document
from records.services.papertext import words_in
from records.services.signing import sign_as_given
from records.words import EVERYONE_IN_CARE

HERE, LETTER = "signed here", "letter"
TITLE = "Revocation of a consent"


@dataclass(frozen=True)
class Writing:
    """How it is taken back: `signed` under the words `shown`, a `paper` that is in the record, or its `words`."""

    signed: Signed | None = None
    shown: str = ""
    paper: Document | None = None
    words: str = ""


def revocation_text(consent: Consent, words: str = "") -> str:
    """What the patient signs, or what came, kept as a paper."""
    language = "es" if consent.language == "es" else "en"
    heading = "Lo que se escribió" if language == "es" else "As it was written"
    context = {
        "consent": consent,
        "patient": consent.patient,
        "signed_on": day_of(consent.activated_at, consent.facility.tz) if consent.activated_at else None,
        "whom": [_name(row, language) for row in consent.recipients.all()],
        "words": words,
        "heading": heading,
    }
    return words_in(language, "revocation", context)


def keep_writing(*, consent: Consent, writing: Writing, by: User) -> tuple[Document, str]:
    """The writing as a paper of the record, and in a word or two how it was done.

    Raises DomainError if there is no writing, other words were shown, or for what the signature lacks.
    """
    if writing.paper:
        if writing.paper.patient.survivor != consent.patient.survivor:
            raise DomainError("Choose a paper of this person.", code="revocation.paper", field="paper")
        return writing.paper, LETTER
    if writing.signed is None:
        return _letter(consent, writing.words, by), LETTER
    text = revocation_text(consent)
    if writing.shown != digest_of(text):
        raise DomainError("The words have changed. Read them together, then sign.", code="consent.changed")
    document = _paper(consent, text, by)
    sign_as_given(document=document, signed=writing.signed, witness=by, by=by)
    return document, HERE


def _letter(consent: Consent, words: str, by: User) -> Document:
    if not words.strip():
        raise DomainError(
            "It is taken back in writing: choose the letter among the papers, or copy what it says.",
            code="revocation.writing",
            field="words",
        )
    return _paper(consent, revocation_text(consent, words.strip()), by)


def _paper(consent: Consent, text: str, by: User) -> Document:
    return create_document(
        patient=consent.patient.survivor,
        facility=consent.facility,
        kind=Document.Kind.REVOCATION,
        title=TITLE,
        text=text,
        by=by,
    )


def _name(row: ConsentRecipient, language: str) -> str:
    return EVERYONE_IN_CARE[language] if row.kind == row.Kind.CLASS else row.name
