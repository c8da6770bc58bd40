"""What a consent of each kind usually says: where the conversation with the patient begins."""

from accounts.models import Facility
from accounts.roles import DataClass
from patients.models import Patient
from records.choices import Choices, Named
from records.models import TPO, Consent, ConsentCategory, ConsentRecipient, Purpose
from records.words import EVERYONE_IN_CARE

USUAL = (
    DataClass.IDENTITY, DataClass.CONTACT, DataClass.COVERAGE, DataClass.INTAKE, DataClass.ASSESSMENT, DataClass.PLAN,
    DataClass.REFERRAL, DataClass.ACTIVITY, DataClass.APPOINTMENT, DataClass.DOCUMENT,
)  # fmt: skip
EVERYONE = Named(ConsentRecipient.Kind.CLASS, EVERYONE_IN_CARE["en"])


def first_choices(patient: Patient, facility: Facility, category: str) -> Choices:
    """The usual consent to treatment, payment and operations; of the other kinds only what the law fixes."""
    language = "es" if patient.language.startswith("es") else "en"
    staff = "y su personal" if language == "es" else "and its staff"
    discloser = f"{facility.name} {staff}"
    if category == ConsentCategory.TPO:
        return Choices(
            category=category, language=language, discloser=discloser, data_classes=USUAL, purposes=TPO,
            expiry=Consent.Expiry.NONE, recipients=(EVERYONE,),
        )  # fmt: skip
    is_notes = category == ConsentCategory.COUNSELING_NOTES
    return Choices(
        category=category,
        language=language,
        discloser=discloser,
        data_classes=(DataClass.COUNSELING,) if is_notes else (),
        purposes=(Purpose.LEGAL,) if category == ConsentCategory.LEGAL else (),
    )
