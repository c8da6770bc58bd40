"""Consents for tests, written by the house's own services. Everybody is invented."""

from dataclasses import replace
from typing import Any

from accounts.models import Facility, User
from patients.models import Patient
from records import services
from records.choices import Choices, Named, Signed
from records.digests import digest_of
from records.models import Consent
from records.words import EVERYONE_IN_CARE

TPO = Choices(
    category="tpo",
    discloser="Harbor House and its staff",
    data_classes=("identity", "plan", "appointment"),
    purposes=("treatment", "payment", "operations"),
    expiry="none",
    recipients=(Named("class", EVERYONE_IN_CARE["en"]),),
)
TO_SISTER = Choices(
    category="disclosure",
    discloser="Harbor House and its staff",
    data_classes=("appointment",),
    purposes=("family",),
    expiry="event",
    ends_with_care=True,
    recipients=(Named("person", "Ana Rivera", "12 Shore Road"),),
)
NOTES = replace(
    TO_SISTER, category="counseling-notes", data_classes=("counseling",), purposes=("treatment",),
    recipients=(Named("provider", "Dr. Nia Okafor"),),
)  # fmt: skip
LEGAL = replace(
    TO_SISTER, category="legal", purposes=("legal",), purpose_words="Docket 17-204, family court",
    recipients=(Named("court", "Family Court"),),
)  # fmt: skip
KINDS = {"tpo": TPO, "disclosure": TO_SISTER, "counseling-notes": NOTES, "legal": LEGAL}
BY_HAND = Signed("Marisol Rivera")


def draft(patient: Patient, facility: Facility, by: User, choices: Choices = TO_SISTER, **changes: Any) -> Consent:
    services.ensure_default_forms(facility=facility, by=by)
    return services.begin_consent(patient=patient, facility=facility, choices=replace(choices, **changes), by=by)


def sign(consent: Consent, by: User, signed: Signed = BY_HAND) -> Consent:
    return services.sign_consent(
        consent=consent, shown=digest_of(services.words_of(consent)), signed=signed, by=by, witness=by
    )


def active(patient: Patient, facility: Facility, by: User, choices: Choices = TO_SISTER, **changes: Any) -> Consent:
    """A consent as the patient signed it on the coordinator's screen."""
    return sign(draft(patient, facility, by, choices, **changes), by)
