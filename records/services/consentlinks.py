"""The single-use link by which a patient signs a consent away from the desk."""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from records import links
from records.choices import Signed
from records.models import Consent, ConsentLink, Signature
from records.selectors.consents import choices_of
from records.selectors.wording import form_in_use
from records.services.consents import close_links, locked_draft, require_complete, sign_consent

MOST_FAILURES = 5
BY_LINK = "consent link"


@transaction.atomic
def make_link(*, consent: Consent, by: User) -> str:
    """A new link's random part, which is not kept and cannot be shown again; a link made before stops working.

    Raises DomainError `consent.deficient` while an element is missing, and without a birth date, which opens it.
    """
    consent = locked_draft(consent)
    form = form_in_use(consent.facility, consent.category, consent.language)
    require_complete(consent.patient, consent.facility, form, choices_of(consent))
    if consent.patient.birth_date is None:
        raise DomainError(
            "Record the birth date first: whoever opens the link is asked for it.", code="link.birth_date"
        )
    close_links(consent)
    token, now = links.new_token(), timezone.now()
    ConsentLink.objects.create(consent=consent, digest=links.digest(token), created_by=by, expires_at=now + links.LIVES)
    return token


def opens(*, link: ConsentLink, birth_date: date) -> bool:
    """Whether the birth date is the patient's. A wrong one is counted; after the fifth the link works no more."""
    if link.consent.patient.birth_date == birth_date:
        return True
    ConsentLink.objects.filter(pk=link.pk).update(failures=F("failures") + 1)
    spent = ConsentLink.objects.filter(pk=link.pk, failures__gte=MOST_FAILURES, used_at__isnull=True)
    spent.update(expires_at=timezone.now())
    return False


@transaction.atomic
def sign_by_link(*, link: ConsentLink, shown: str, name: str) -> Consent:
    """Sign by the link, which works no more after. Of two clicks at once one signs.

    Raises DomainError `link.gone` if it was used, replaced or has ended meanwhile, and what `sign_consent` raises.
    """
    consent, now = locked_draft(link.consent), timezone.now()
    live = ConsentLink.objects.filter(pk=link.pk, used_at__isnull=True, expires_at__gt=now)
    if not live.update(used_at=now):
        raise DomainError("This link can no longer be used.", code="link.gone")
    signed = Signed(name=name, method=Signature.Method.LINK)
    return sign_consent(consent=consent, shown=shown, signed=signed, by=None, reason=BY_LINK)
