"""The facility's wording of consents and of the notice. A version never changes: a new one takes its place."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Facility, User
from core import audit
from core.errors import DomainError, explain
from records.digests import digest_of
from records.models import ConsentCategory, ConsentForm, NoticeVersion
from records.wording import CONSENTS, NOTICES

QUICKER = "Somebody has put a new version into use just now; look at it first."


@transaction.atomic
def add_form_version(
    *,
    facility: Facility,
    category: str,
    language: str,
    title: str,
    introduction: str = "",
    revocation: str,
    redisclosure: str = "",
    consequences: str = "",
    by: User | None,
    reason: str = "",
) -> ConsentForm:
    """Put a new wording into use; the one before is retired, and what was signed by it stays as it was signed.

    Raises DomainError without title or the right to revoke, and for treatment, payment and operations without the
    two statements of 42 CFR 2.31(a)(10).
    """
    _require(
        category=category, title=title, revocation=revocation, redisclosure=redisclosure, consequences=consequences
    )
    rows = ConsentForm.objects.filter(facility=facility, category=category, language=language)
    number = _retire_all(rows, by, reason) + 1
    form = ConsentForm(facility=facility, category=category, language=language, number=number, title=title.strip())
    form.introduction, form.revocation = introduction.strip(), revocation.strip()
    form.redisclosure, form.consequences = redisclosure.strip(), consequences.strip()
    form.effective_from = _today(facility)
    with explain(consent_form_number_once=QUICKER, consent_form_one_in_use=QUICKER):
        return audit.save(form, by=by, reason=reason)


@transaction.atomic
def retire_form(*, form: ConsentForm, by: User) -> ConsentForm:
    """Take a wording out of use; no consent of its kind can be signed until there is another. Harmless twice."""
    row = ConsentForm.objects.select_for_update(no_key=True).get(pk=form.pk)
    if row.retired_at:
        return row
    row.retired_at = timezone.now()
    return audit.save(row, by=by)


@transaction.atomic
def add_notice_version(
    *, facility: Facility, language: str, text: str, by: User | None, reason: str = ""
) -> NoticeVersion:
    """Put a new notice of privacy practices into use. Raises DomainError without text."""
    if not text.strip():
        raise DomainError("Write the notice first.", code="notice.empty", field="text")
    number = _retire_all(NoticeVersion.objects.filter(facility=facility, language=language), by, reason) + 1
    row = NoticeVersion(facility=facility, language=language, number=number, text=text.strip() + "\n")
    row.sha256, row.effective_from = digest_of(row.text), _today(facility)
    with explain(notice_version_number_once=QUICKER, notice_version_one_in_use=QUICKER):
        return audit.save(row, by=by, reason=reason)


@transaction.atomic
def ensure_default_forms(*, facility: Facility, by: User | None, reason: str = "default wording") -> int:
    """Give a new facility our wording wherever it has none of its own; how many were written. Harmless twice."""
    forms = ConsentForm.objects.filter(facility=facility)
    there = set(forms.values_list("category", "language"))
    wanted = [key for key in CONSENTS if (str(key[0]), key[1]) not in there]
    for category, language in wanted:
        words = CONSENTS[category, language]
        add_form_version(facility=facility, category=category, language=language, by=by, reason=reason, **words)
    known = set(NoticeVersion.objects.filter(facility=facility).values_list("language", flat=True))
    missing = [language for language in NOTICES if language not in known]
    for language in missing:
        text = NOTICES[language].format(facility=facility.name, how_to_reach=how_to_reach(facility, language))
        add_notice_version(facility=facility, language=language, text=text, by=by, reason=reason)
    return len(wanted) + len(missing)


def how_to_reach(facility: Facility, language: str) -> str:
    """Where the facility is and its number, for the end of a sentence."""
    known = ", ".join(part for part in (facility.line, facility.city, facility.phone or facility.neutral_phone) if part)
    return known or ("en la recepción" if language == "es" else "at the front desk")


def _require(*, category: str, title: str, revocation: str, redisclosure: str, consequences: str) -> None:
    if not title.strip():
        raise DomainError("Give the form a title.", code="form.title", field="title")
    if not revocation.strip():
        raise DomainError(
            "Say that it can be taken back, and how (42 CFR 2.31(a)(6)).", code="form.revocation", field="revocation"
        )
    is_tpo = category == ConsentCategory.TPO
    if is_tpo and not redisclosure.strip():
        raise DomainError("Say what may happen once disclosed.", code="form.redisclosure", field="redisclosure")
    if is_tpo and not consequences.strip():
        raise DomainError("Say what refusing to sign means.", code="form.consequences", field="consequences")


def _retire_all(rows: QuerySet[Any], by: User | None, reason: str) -> int:
    """The highest number so far; the rows are locked, so that two new versions come one after the other."""
    numbers = [0]
    for row in rows.select_for_update(no_key=True):
        numbers.append(row.number)
        if row.retired_at is None:
            row.retired_at = timezone.now()
            audit.save(row, by=by, reason=reason)
    return max(numbers)


def _today(facility: Facility) -> date:
    return timezone.localdate(timezone=facility.tz)
