"""Restrictions of disclosure that a patient asks for (42 CFR 2.26, 45 CFR 164.522(a)): asked, answered, ended."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from core import audit
from core.errors import DomainError
from patients.models import Patient, Restriction
from staff.models import PartnerOrganization

Kind = Restriction.Kind
Status = Restriction.Status
HONORED = "Paid in full by the person: honored, as the law requires."


@transaction.atomic
def ask_restriction(
    *,
    patient: Patient,
    facility: Facility,
    kind: str,
    words: str,
    recipient_name: str = "",
    partner: PartnerOrganization | None = None,
    data_classes: Iterable[str] = (),
    paid_in_full: bool = False,
    by: User,
) -> Restriction:
    """Keep what the patient asks us not to disclose; it holds once it is agreed to.

    "Not to my health plan" holds from this moment, for what the person paid in full: 164.522(a)(1)(vi) leaves no
    choice. Raises DomainError without the words, and for that kind without the payment.
    """
    if kind not in (Kind.DISCLOSURE, Kind.HEALTH_PLAN):
        raise ValueError("A chart is restricted by another service.")
    if not words.strip():
        raise DomainError("Write down what the person asks.", code="restriction.words", field="words")
    row = Restriction(patient=patient, facility=facility, kind=kind, words=words.strip(), partner=partner)
    row.recipient_name = (partner.name if partner else recipient_name).strip()
    row.data_classes = sorted(set(data_classes))
    if kind == Kind.HEALTH_PLAN:
        _honor(row, paid_in_full, by)
    return audit.save(row, by=by)


@transaction.atomic
def agree_restriction(
    *, restriction: Restriction, answer: str = "", ends_at: datetime | None = None, by: User
) -> Restriction:
    """Agree: from this moment every disclosure is checked against it. Raises DomainError if it is answered already."""
    if ends_at and ends_at <= timezone.now():
        raise DomainError("The end has to lie ahead.", field="ends_at")
    row = _asked(restriction)
    row.status, row.answer, row.ends_at = Status.ACTIVE, answer.strip(), ends_at
    return _answered(row, by)


@transaction.atomic
def refuse_restriction(*, restriction: Restriction, answer: str, by: User) -> Restriction:
    """Do not agree, and say why. Raises DomainError without a reason, or where the law leaves no choice."""
    row = _asked(restriction)
    if row.kind == Kind.HEALTH_PLAN:
        raise DomainError("What the person paid in full is kept from the health plan.", code="restriction.honored")
    if not answer.strip():
        raise DomainError("Say why, in words for the person.", code="restriction.reason", field="answer")
    row.status, row.answer = Status.REJECTED, answer.strip()
    return _answered(row, by)


@transaction.atomic
def end_restriction(*, restriction: Restriction, by: User) -> Restriction:
    """End an agreed restriction now, because the person asks for it or agrees (164.522(a)(2)).

    Harmless on one that has ended.
    """
    row = Restriction.objects.select_for_update(no_key=True).get(pk=restriction.pk)
    if row.kind == Kind.CHART:
        raise ValueError("A chart's restriction is ended by another service.")
    if row.status != Status.ACTIVE:
        return row
    row.status, row.ends_at = Status.ENDED, timezone.now()
    return audit.save(row, by=by, reason="asked by the person")


def _honor(row: Restriction, paid_in_full: bool, by: User) -> None:
    if not paid_in_full:
        raise DomainError(
            "Tick that the service was paid in full; the law binds us from then on.",
            code="restriction.unpaid",
            field="paid_in_full",
        )
    row.status, row.answered_by, row.answered_at, row.answer = Status.ACTIVE, by, timezone.now(), HONORED


def _asked(restriction: Restriction) -> Restriction:
    row = Restriction.objects.select_for_update(no_key=True).get(pk=restriction.pk)
    if row.kind == Kind.CHART:
        raise ValueError("A chart's restriction is answered by another service.")
    if row.status != Status.REQUESTED:
        raise DomainError("Somebody has answered this request already.", code="restriction.answered")
    return row


def _answered(row: Restriction, by: User) -> Restriction:
    row.answered_by, row.answered_at = by, timezone.now()
    return audit.save(row, by=by)
