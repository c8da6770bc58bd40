"""The words of a consent: what the patient reads is what is signed, and what is kept."""

from accounts.models import Facility
from patients.models import Patient
from records.choices import Choices, Named
from records.models import ConsentCategory, ConsentForm, ConsentRecipient
from records.services.papertext import words_in
from records.words import CARE_ENDS, EVERYONE_IN_CARE, information_words, purpose_words


def consent_text(
    *,
    patient: Patient,
    facility: Facility,
    form: ConsentForm | None,
    choices: Choices,
    replaces_earlier: bool = False,
) -> str:
    """The consent exactly as the patient reads it, complete or not. The same choices give the same text."""
    language = form.language if form else choices.language
    context = {
        "patient": patient,
        "facility": facility,
        "form": form or ConsentForm(category=choices.category, title=ConsentCategory(choices.category).label, number=0),
        "choices": choices,
        "information": [information_words(row, language) for row in choices.data_classes],
        "recipients": [_recipient(row, language) for row in choices.recipients],
        "purposes": [purpose_words(row, language) for row in choices.purposes],
        "event": CARE_ENDS[language] if choices.ends_with_care else choices.expiry_event,
        "is_counseling": choices.category == ConsentCategory.COUNSELING_NOTES,
        "is_legal": choices.category == ConsentCategory.LEGAL,
        "replaces_earlier": replaces_earlier,
    }
    return words_in(language, "consent", context)


def _recipient(row: Named, language: str) -> str:
    if row.kind == ConsentRecipient.Kind.CLASS:
        return EVERYONE_IN_CARE[language]
    joined = ", ".join(part for part in (row.name, row.address) if part)
    if row.kind != ConsentRecipient.Kind.INTERMEDIARY:
        return joined
    for_whom = "para" if language == "es" else "for"
    return f"{row.name}, {for_whom}: {row.address}" if row.address else row.name
