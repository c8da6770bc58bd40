"""Referrals as the intake desk reads them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.models import Facility, User
from accounts.roles import Perm, Scope
from core.labels import due_label, when_label
from episodes.models import EpisodeOfCare
from intake.models import Referral
from patients.access import belongs_to, read_of, visible_patients, with_asking
from patients.models import Patient
from patients.selectors import Likeness

PAGE_SIZE = 50
DECIDED_SHOWN = 20
DECIDED_WITHIN = timedelta(days=14)
PRIORITY_TONES = {Referral.Priority.URGENT: "warning", Referral.Priority.STAT: "danger"}


def referrals(facility: Facility, user: User | None = None) -> QuerySet[Referral]:
    """Those of the facility; for a person who may not see all of them, of the people he or she may see."""
    rows = Referral.objects.filter(belongs_to(facility, "patient"), facility=facility)
    if user and Scope.FACILITY not in access.scopes(user, Perm.REFERRAL_VIEW).get(facility.pk, set()):
        rows = rows.filter(patient__in=visible_patients(user, Perm.REFERRAL_VIEW, facility).values("pk"))
    return with_asking(rows, facility).select_related("patient", "partner", "episode")


def waiting_page(
    facility: Facility, user: User, filters: dict[str, str], page: str
) -> tuple[Page, list[dict[str, Any]]]:
    """The referrals nobody has answered, longest waiting first, and their rows ready to print."""
    rows = referrals(facility, user).filter(status=Referral.Status.RECEIVED, **wanted(filters))
    found = Paginator(rows.order_by("received_at", "pk"), PAGE_SIZE).get_page(page)
    now = timezone.now()
    return found, [waiting_row(row, facility, now) for row in found]


def decided_rows(facility: Facility, user: User, filters: dict[str, str]) -> list[dict[str, Any]]:
    """What was decided in the last 14 days, newest first, twenty at most."""
    since = timezone.now() - DECIDED_WITHIN
    rows = referrals(facility, user).filter(decided_at__gte=since, **wanted(filters)).select_related("decided_by")
    return [decided_row(row, facility) for row in rows.order_by("-decided_at")[:DECIDED_SHOWN]]


def waiting_referrals(facility: Facility, limit: int = 10) -> list[dict[str, Any]]:
    """For the intake desk: the longest waiting, each with `url` (the referral) and its due time."""
    rows = referrals(facility).filter(status=Referral.Status.RECEIVED).order_by("received_at", "pk")[:limit]
    now = timezone.now()
    return [waiting_row(row, facility, now) for row in rows]


def wanted(filters: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in filters.items() if value and name in {"source", "priority"}}


def waiting_row(referral: Referral, facility: Facility, now: datetime) -> dict[str, Any]:
    """Answered by a call the clock stops: then the row says so instead of being overdue."""
    url = referral.get_absolute_url()
    called = referral.first_response_at
    return {
        "uuid": referral.uuid,
        "name": referral.patient.list_name,
        "record_number": read_of(referral, referral.patient.record_number, ""),
        "patient": referral.patient,
        "source": read_of(referral, str(referral.partner or referral.get_source_display())),
        "priority": "" if referral.priority == Referral.Priority.ROUTINE else referral.get_priority_display(),
        "tone": PRIORITY_TONES.get(Referral.Priority(referral.priority), "neutral"),
        "received": when_label(referral.received_at, facility.tz, now),
        "due": due_label(referral.response_due_at, facility.tz, now),
        "called": when_label(called, facility.tz, now) if called else "",
        "url": url,
        "call_url": f"{url}call/",
        "accept_url": f"{url}accept/",
        "decline_url": f"{url}decline/",
        "action": "Call",
    }


def decided_row(referral: Referral, facility: Facility) -> dict[str, Any]:
    accepted = referral.status == Referral.Status.ACCEPTED
    intake = reverse("intake:intake_detail", args=[referral.patient.uuid])
    return {
        "name": referral.patient.list_name,
        "record_number": read_of(referral, referral.patient.record_number, ""),
        "status": referral.get_status_display(),
        "tone": "success" if accepted else "neutral",
        "why": read_of(referral, referral.get_decline_reason_display()),
        "when": when_label(referral.decided_at, facility.tz),  # type: ignore[arg-type]  # a decided one has it
        "by": str(referral.decided_by),
        "url": intake if accepted else referral.get_absolute_url(),
        "action": "Open intake" if accepted else "Open",
    }


def referral_of(patient: Patient, pk: UUID) -> Referral:
    """The referral of this patient. Raises Http404."""
    rows = patient.referrals.select_related("facility", "episode", "partner", "decided_by", "patient")
    found = rows.filter(uuid=pk).first()
    if found is None:
        raise Http404
    return found


def calls_of(referral: Referral) -> list[dict[str, Any]]:
    rows = referral.calls.select_related("by").order_by("-at")
    return [
        {
            "when": when_label(row.at, referral.facility.tz),
            "iso": row.at.isoformat(),
            "icon": "phone",
            "title": row.get_outcome_display(),
            "who": str(row.by),
            "text": row.note,
        }
        for row in rows
    ]


def telephone_numbers(patient: Patient) -> list[dict[str, Any]]:
    """The numbers to call, first choice first, with what the person asked us to mind."""
    return [
        {
            "value": row.value,
            "href": "tel:" + "".join(c for c in row.value if c.isdigit() or c == "+"),
            "leave_no_message": row.leave_no_message,
            "safe_from": row.safe_from,
            "safe_until": row.safe_until,
        }
        for row in patient.telecoms.exclude(system="email").exclude(use="old")
    ]


def candidate_rows(candidates: list[Likeness]) -> list[dict[str, Any]]:
    """People who may be the one asked for; who has an open episode cannot be referred again, only opened."""
    ids = [row.patient.pk for row in candidates]
    in_care = (
        set(EpisodeOfCare.objects.open().filter(patient__in=ids).values_list("patient", flat=True)) if ids else set()
    )
    return [
        {
            "uuid": str(row.patient.uuid),
            "name": row.patient.list_name,
            "record_number": row.patient.record_number,
            "birth_date": row.patient.birth_date,
            "score": row.score,
            "why": row.why,
            "in_care": row.patient.pk in in_care,
            "url": reverse("intake:intake_detail", args=[row.patient.uuid]),
        }
        for row in candidates
    ]
