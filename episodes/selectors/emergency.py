"""Who broke the glass, for whom, what was read, and what waits for its review."""

from datetime import date, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.access import roles_at
from accounts.models import AccessEvent, Facility, User
from accounts.roles import Perm, Role
from core.labels import distance_label, due_label, when_label
from core.text import search_key
from patients import keys
from patients.access import permissions
from patients.models import EmergencyAccess, Patient, PatientFacility, SearchKey

Row = dict[str, Any]
ATTEMPTS = 5  # without a finding, in an hour, before somebody has to help
TONES = {"": "warning", "justified": "success", "not-justified": "danger"}


def person_named(
    facility: Facility, *, number: str = "", given: str = "", family: str = "", born: date | None = None
) -> Patient | None:
    """The one patient of the facility with exactly this record number, or this name and birth date; else None.

    Not for lists and not for search: only the act of breaking the glass asks it, and is logged.
    """
    here = PatientFacility.objects.filter(facility=facility, ends_at__isnull=True).values("patient")
    people = Patient.objects.filter(pk__in=here, merged_into__isnull=True)
    if number.strip():
        key = keys.number(number.strip())
        return _only(people.filter(pk__in=SearchKey.objects.filter(key=key).values("patient")))
    if not (family.strip() and given.strip() and born):
        return None
    name = search_key(f"{given.split()[0]} {family}")
    same_name = SearchKey.objects.filter(key=name).values("patient")
    return _only(people.filter(birth_date=born, pk__in=same_name))


def attempts_left(user: User) -> int:
    """How often somebody may still name a person without finding one, this hour."""
    since = timezone.now() - timedelta(hours=1)
    emergency, denied = AccessEvent.Action.EMERGENCY, AccessEvent.Outcome.DENIED
    tried = AccessEvent.objects.filter(user_id=user.pk, action=emergency, outcome=denied, at__gt=since)
    return max(ATTEMPTS - tried.count(), 0)


def own_emergencies(user: User, facility: Facility) -> list[Row]:
    """The person's own at the facility, newest first: what is open now, and what became of the others. One query."""
    rows = EmergencyAccess.objects.filter(user=user, facility=facility).select_related("patient", "reviewed_by")
    return [_row(row, facility.tz) for row in rows.order_by("-starts_at")[:20]]


def review_rows(facility: Facility, *, show: str = "open", limit: int = 50, offset: int = 0) -> tuple[list[Row], int]:
    """What waits for its review, the earliest due first, or what was reviewed; and how many. Two queries."""
    rows = EmergencyAccess.objects.filter(facility=facility).select_related("user", "patient", "reviewed_by")
    if show == "overdue":
        rows = rows.filter(reviewed_at__isnull=True, review_due_at__lt=timezone.now()).order_by("review_due_at")
    elif show == "done":
        rows = rows.filter(reviewed_at__isnull=False).order_by("-reviewed_at")
    else:
        rows = rows.filter(reviewed_at__isnull=True).order_by("review_due_at")
    return [_row(row, facility.tz) for row in rows[offset : offset + limit]], rows.count()


def review_counts(facility: Facility) -> dict[str, int]:
    """How many each filter of the queue would show. One query."""
    return EmergencyAccess.objects.filter(facility=facility).aggregate(
        open=Count("pk", filter=Q(reviewed_at__isnull=True)),
        overdue=Count("pk", filter=Q(reviewed_at__isnull=True, review_due_at__lt=timezone.now())),
        done=Count("pk", filter=Q(reviewed_at__isnull=False)),
    )


def emergency_of(facility: Facility, pk: UUID) -> EmergencyAccess:
    """An emergency access at the facility. Raises Http404 for any other."""
    rows = EmergencyAccess.objects.select_related("user", "patient", "facility", "reviewed_by")
    row = rows.filter(facility=facility, uuid=pk).first()
    if row is None:
        raise Http404
    return row


def emergency_in_force(user: User, patient: Patient) -> EmergencyAccess | None:
    """What the person may end: the newest that has not ended by itself."""
    rows = EmergencyAccess.objects.filter(user=user, patient=patient, ended_at__isnull=True)
    return rows.filter(until__gt=timezone.now()).order_by("-until").first()


def what_was_read(emergency: EmergencyAccess) -> list[Row]:
    """What was opened during it, by data class, with how often and when last. One query."""
    lines = AccessEvent.objects.filter(
        user_id=emergency.user_id,
        patient_id=emergency.patient_id,
        at__gte=emergency.starts_at,
        at__lte=emergency.ended_at or emergency.until,
    ).exclude(action=AccessEvent.Action.EMERGENCY)
    found = lines.values("data_class", "outcome").annotate(times=Count("pk")).order_by(F("times").desc(), "data_class")
    return [dict(row) for row in found]


def shown_to_reviewer(user: User, emergency: EmergencyAccess) -> Row:
    """The access as its reviewer reads it: the name and the chart only for whom they are open anyway."""
    held, patient = permissions(user, emergency.patient), emergency.patient
    name, number = patient.list_name, patient.record_number
    named = Perm.NAME_VIEW in held
    return _row(emergency, emergency.facility.tz) | {
        "name": name if named else number,
        "number": number if named else "",
        "chart_url": patient.get_absolute_url() if named else "",
        "own": emergency.user_id == user.pk,
        "reviewer_roles": [Role(role).label for role in roles_at(user, emergency.facility)],
    }


def glass_label(emergency: EmergencyAccess, tz: tzinfo) -> Row:
    """What the banner of the chart says while it lasts."""
    left = distance_label(emergency.until - timezone.now())
    return {"until": when_label(emergency.until, tz), "left": left, "reason": emergency.get_reason_display()}


def _row(row: EmergencyAccess, tz: tzinfo) -> Row:
    now = timezone.now()
    lasts = row.ended_at is None and row.until > now
    ended = row.ended_at or row.until
    return {
        "uuid": row.uuid,
        "url": reverse("episodes:emergency_review", args=[row.uuid]),
        "patient": row.patient,
        "who": str(row.user),
        "role": row.get_role_display(),
        "reason": row.get_reason_display(),
        "words": row.words,
        "began": when_label(row.starts_at, tz, now),
        "lasts": lasts,
        "left": distance_label(row.until - now) if lasts else "",
        "ended": when_label(ended, tz, now) if not lasts else "",
        "due": due_label(row.review_due_at, tz, now) if row.reviewed_at is None else None,
        "outcome": row.get_outcome_display() if row.outcome else "Waits for review",
        "tone": TONES[row.outcome],
        "review": row.review,
        "reviewed_by": str(row.reviewed_by) if row.reviewed_by else "",
        "reviewed": when_label(row.reviewed_at, tz, now) if row.reviewed_at else "",
    }


def _only(people: QuerySet[Patient]) -> Patient | None:
    found = list(people[:2])
    return found[0] if len(found) == 1 else None
