"""What accompanies every disclosure with consent (42 CFR 2.32): the notice, and a copy of the consent or its scope."""

from records.models import Consent

# The first sentence is the statement that 2.32(a)(2) prescribes; the rest is ours, to be understood.
NOTICE = """\
NOTICE PROHIBITING REDISCLOSURE

42 CFR part 2 prohibits unauthorized use or disclosure of these records.

These records come from a program that treats substance use disorders, and federal law protects them wherever they
are. You may not use or disclose them, or testify about what they say, in any civil, criminal, administrative or
legislative proceeding against the person they are about, unless that person consents in writing to exactly that or a
court orders it under 42 CFR 2.61 to 2.67. Any other use or disclosure needs the person's written consent or a rule of
42 CFR part 2 that permits it; if you are a covered entity or business associate and received them by a consent to
treatment, payment and health care operations, 45 CFR part 164 applies to the rest. A general authorization for the
release of medical records is not enough.
"""


def consent_copy(consent: Consent) -> str:
    """The consent exactly as it was signed; for one without a paper of its own, the words of its scope."""
    if consent.document:
        return consent.document.text
    return f"{consent.description}\nPurpose: {', '.join(consent.purposes)}\n"
