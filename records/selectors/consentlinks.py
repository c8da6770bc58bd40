"""Links to sign a consent: which still work, and what a page that knows nobody may say."""

from django.utils import timezone

from accounts.models import Facility
from records.links import digest
from records.models import Consent, ConsentLink


def live_link(token: str) -> ConsentLink | None:
    """The link, while it works: unused, not ended, and its consent a draft."""
    rows = ConsentLink.objects.filter(digest=digest(token), used_at__isnull=True, expires_at__gt=timezone.now())
    rows = rows.filter(consent__status=Consent.Status.DRAFT, consent__patient__deceased=False)
    return rows.select_related("consent__patient", "consent__facility").first()


def open_link(consent: Consent) -> ConsentLink | None:
    """The link that is out for a draft, if one still works."""
    return consent.links.filter(used_at__isnull=True, expires_at__gt=timezone.now()).order_by("-pk").first()


def neutral_phone() -> str:
    """The number on pages that may not tell whether a link ever meant anything."""
    numbered = Facility.objects.exclude(neutral_phone="").order_by("pk").values_list("neutral_phone", flat=True)
    return numbered.first() or ""
