"""What intake settles about privacy in the demo: the notice, and the usual consent."""

from random import Random

from accounts.models import Facility, User
from patients.models import Patient
from records import services as records
from records.choices import Signed
from records.digests import digest_of
from records.models import Consent, ConsentCategory
from records.selectors import notice_in_use
from records.services.defaults import first_choices

PEN = "M120 180 L150 90 L180 190 L210 80 L240 185 L275 140 L300 180 L330 120 L365 182 L410 150 L470 175 L560 140"


def settle_privacy(*, patient: Patient, facility: Facility, name: str, chance: Random, by: User) -> None:
    """At intake: the notice, and the consent to treatment, payment and operations, which one in ten declines."""
    language = "es" if patient.language == "es" else "en"
    version = notice_in_use(facility, language)
    notice = version.sha256 if version else ""
    if chance.random() < 0.93:
        signed = Signed(name)
        records.give_notice(
            patient=patient, facility=facility, language=language, outcome="acknowledged", shown=notice, signed=signed,
            by=by,
        )  # fmt: skip
    else:
        records.give_notice(
            patient=patient, facility=facility, language=language, outcome="declined", by=by,
            reason="Took the notice and did not want to sign anything today.",
        )  # fmt: skip
    choices = first_choices(patient, facility, ConsentCategory.TPO)
    consent = records.begin_consent(patient=patient, facility=facility, choices=choices, by=by)
    if chance.random() < 0.1:
        records.decline_consent(consent=consent, by=by)
    else:
        sign(consent, name, by)


def sign(consent: Consent, name: str, by: User) -> Consent:
    """Drawn on the coordinator's screen, or typed."""
    method = "drawn" if len(name) % 2 else "typed"
    signed = Signed(name, method=method, drawing=PEN if method == "drawn" else "")
    shown = digest_of(records.words_of(consent))
    return records.sign_consent(consent=consent, shown=shown, signed=signed, by=by, witness=by)
