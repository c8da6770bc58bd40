"""The facility's wording of consents and of the notice: what is in use, and every version there was."""

from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import Http404

from accounts.models import Facility
from records.models import ConsentCategory, ConsentForm, NoticeVersion


def form_in_use(facility: Facility, category: str, language: str = "en") -> ConsentForm | None:
    """The wording in use, in the language, else in English; None if the facility has none."""
    rows = ConsentForm.objects.filter(facility=facility, category=category, retired_at__isnull=True)
    found = {row.language: row for row in rows.filter(language__in={language, "en"})}
    return found.get(language) or found.get("en")


def notice_in_use(facility: Facility, language: str = "en") -> NoticeVersion | None:
    """The notice of privacy practices in use, in the language, else in English."""
    rows = NoticeVersion.objects.filter(facility=facility, retired_at__isnull=True, language__in={language, "en"})
    found = {row.language: row for row in rows}
    return found.get(language) or found.get("en")


def form_versions(facility: Facility) -> QuerySet[ConsentForm]:
    """Every version, in use first, with the number of consents written by it."""
    rows = ConsentForm.objects.filter(facility=facility).annotate(used=Count("consents"))
    return rows.order_by("category", "language", "-number")


def notice_versions(facility: Facility) -> QuerySet[NoticeVersion]:
    rows = NoticeVersion.objects.filter(facility=facility).annotate(used=Count("given"))
    return rows.defer("text").order_by("language", "-number")


def form_of(facility: Facility, pk: UUID) -> ConsentForm:
    """One version of a consent form. Raises Http404."""
    row = ConsentForm.objects.filter(facility=facility, uuid=pk).first()
    if row is None:
        raise Http404
    return row


def notice_version_of(facility: Facility, pk: UUID) -> NoticeVersion:
    """One version of the notice. Raises Http404."""
    row = NoticeVersion.objects.filter(facility=facility, uuid=pk).first()
    if row is None:
        raise Http404
    return row


def missing_wordings(facility: Facility) -> list[tuple[str, str]]:
    """Category and language of each consent form that the facility does not have in use."""
    there = set(
        ConsentForm.objects.filter(facility=facility, retired_at__isnull=True).values_list("category", "language")
    )
    wanted = [(category, language) for category in ConsentCategory.values for language, _ in settings.LANGUAGES]
    return [pair for pair in wanted if pair not in there]


def form_sections(form: ConsentForm) -> list[dict[str, str]]:
    """The facility's part of a consent, each piece under what it is for."""
    pieces = {
        "Above the choices": form.introduction,
        "How it is taken back": form.revocation,
        "What may happen to what was given": form.redisclosure,
        "What it means not to sign": form.consequences,
    }
    return [{"heading": heading, "body": body} for heading, body in pieces.items() if body]
