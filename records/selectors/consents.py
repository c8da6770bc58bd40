"""Consents to disclose: which are in force, read at the moment of use, and why another is not."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Facility
from episodes.models import EpisodeOfCare
from patients.models import Patient
from records.choices import Choices, Named
from records.models import Consent

Status = Consent.Status
REVOKED, EXPIRED, UNSIGNED = "consent.revoked", "consent.expired", "consent.deficient"


def consents_in_force(patient: Patient, facility: Facility) -> list[Consent]:
    """The consents that permit something now: active, with no end behind them. Recipients come along; newest first.

    Three queries at most. Lock the row you rely on (`select_for_update`, or FOR SHARE) and ask `why_not_in_force`
    again before you disclose: a revocation may be on its way.
    """
    rows = list(_active(patient, facility))
    return [row for row, ended in zip(rows, _ended(rows, patient), strict=True) if not ended]


def has_ended(consent: Consent) -> bool:
    """Whether its last day is over at the facility, or the event it waits for has come about."""
    return _ended([consent], consent.patient)[0]


def is_over(consent: Consent, care_ended: datetime | None) -> bool:
    """The same, for who has looked up when care ended. No query."""
    now, event = timezone.now(), consent.event_happened_at or care_ended
    today = timezone.localdate(now, timezone=consent.facility.tz)
    return (consent.expires_on is not None and consent.expires_on < today) or (event is not None and event <= now)


def why_not_in_force(consent: Consent) -> str:
    """ "" while it permits something; else `consent.revoked`, `consent.expired`, or `consent.deficient` (never signed).

    Reads the row as given: fetch it anew, locked, when something depends on it.
    """
    if consent.status == Status.ACTIVE:
        return EXPIRED if has_ended(consent) else ""
    if consent.revoked_at:
        return REVOKED
    return EXPIRED if consent.activated_at else UNSIGNED


def ended_at(consent: Consent) -> datetime | None:
    """When the event upon which it ends came about, as recorded or as the episode tells; None if it has not."""
    if consent.event_happened_at or not consent.ends_with_care or not consent.activated_at:
        return consent.event_happened_at
    return care_ended_after(consent.patient, [consent]).get(consent.pk)


def care_ended_after(patient: Patient, consents: Iterable[Consent]) -> dict[int, datetime]:
    """Of consents that end with care: when care at their facility ended after they were signed. One query.

    While an episode is open there, or begins anew before anybody asks, care goes on.
    """
    waiting = [row for row in consents if row.ends_with_care and row.activated_at]
    if not waiting:
        return {}
    own = Q(patient=patient) | Q(patient__merged=patient)  # a consent stays with a record that was merged away
    episodes = list(EpisodeOfCare.objects.filter(own).values_list("facility_id", "ends_at"))
    goes_on = {facility for facility, ends_at in episodes if ends_at is None}
    found: dict[int, datetime] = {}
    for row in waiting:
        ends = [end for facility, end in episodes if facility == row.facility_id and end and _is_after(end, row)]
        if ends and row.facility_id not in goes_on:
            found[row.pk] = max(ends)
    return found


def consent_of(patient: Patient, pk: UUID) -> Consent:
    """One consent of the patient, with its recipients. Raises Http404."""
    rows = Consent.objects.filter(patient__in=patient.same_person).select_related(
        "form", "facility", "document", "signature__witness", "author", "revocation"
    )
    consent = rows.prefetch_related("recipients__partner").filter(uuid=pk).first()
    if consent is None:
        raise Http404
    return consent


def choices_of(consent: Consent) -> Choices:
    """What was chosen on it so far."""
    return Choices(
        category=consent.category,
        language=consent.language,
        discloser=consent.discloser,
        data_classes=tuple(consent.data_classes),
        description=consent.description,
        covers_from=consent.covers_from,
        covers_until=consent.covers_until,
        purposes=tuple(consent.purposes),
        purpose_words=consent.purpose_words,
        expiry=consent.expiry,
        expires_on=consent.expires_on,
        expiry_event=consent.expiry_event,
        ends_with_care=consent.ends_with_care,
        recipients=tuple(Named(row.kind, row.name, row.address, row.partner) for row in consent.recipients.all()),
    )


def earlier_of_kind(patient: Patient, facility: Facility, category: str) -> QuerySet[Consent]:
    """The active consents of the same kind here."""
    rows = Consent.objects.filter(patient__in=patient.same_person, facility=facility)
    return rows.filter(category=category, status=Status.ACTIVE)


def _active(patient: Patient, facility: Facility) -> QuerySet[Consent]:
    rows = Consent.objects.filter(patient__in=patient.same_person, facility=facility, status=Status.ACTIVE)
    return rows.select_related("facility", "form").prefetch_related("recipients").order_by("-activated_at", "-pk")


def _is_after(moment: datetime, row: Consent) -> bool:
    return row.activated_at is not None and moment > row.activated_at


def _ended(rows: list[Consent], patient: Patient) -> list[bool]:
    by_care = care_ended_after(patient, rows)
    return [is_over(row, by_care.get(row.pk)) for row in rows]
