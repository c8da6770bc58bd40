"""The lists of the board: of one facility, now, the most pressing first. A tile's number counts the same rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Facility, Membership, User
from accounts.roles import Role
from core.labels import due_label, when_label
from episodes.models import EpisodeOfCare, Handoff, Task
from patients.access import belongs_to, read_of, with_asking
from records.models import RecordSubmission
from scheduling.models import Appointment

CONFIRM_DAYS = 3  # how far ahead a visit ought to be confirmed

Row = dict[str, Any]


@dataclass(frozen=True)
class Listing:
    """One list: its rows as a query, and how one of them is shown."""

    title: str
    found: Callable[[Facility], QuerySet[Any]]
    row: Callable[[Any, Facility], Row]


def urgent_tasks(facility: Facility) -> QuerySet[Task]:
    """Open urgent tasks, a positive safety item without action among them."""
    rows = Task.objects.open().filter(facility=facility, priority=Task.Priority.URGENT)
    return rows.select_related("patient", "owner").order_by("due_at", "pk")


def overdue_batons(facility: Facility) -> QuerySet[EpisodeOfCare]:
    """Open episodes whose next step is overdue."""
    return _batons(facility).filter(due_at__lt=timezone.now())


def unowned_batons(facility: Facility) -> QuerySet[EpisodeOfCare]:
    """Open episodes whose owner does not hold that role here any more. The database refuses one without owner."""
    holding = Membership.objects.live().filter(facility=facility, user=OuterRef("owner"), role=OuterRef("owner_role"))
    return _batons(facility).exclude(Exists(holding))


def chosen_batons(facility: Facility, uuids: list[UUID]) -> QuerySet[EpisodeOfCare]:
    """The open episodes of this facility among those ticked."""
    return _batons(facility).filter(uuid__in=uuids)


def waiting_handoffs(facility: Facility) -> QuerySet[Handoff]:
    """Hand-offs nobody has answered."""
    rows = Handoff.objects.filter(belongs_to(facility, "patient_id"), facility=facility)
    rows = rows.filter(status=Handoff.Status.REQUESTED)
    return rows.select_related("patient", "from_user", "to_user").order_by("due_at", "pk")


def unconfirmed_visits(facility: Facility) -> QuerySet[Appointment]:
    """Visits of the next three days that nobody has confirmed."""
    now = timezone.now()
    rows = Appointment.objects.filter(belongs_to(facility, "patient_id"), facility=facility, external=False)
    rows = rows.filter(status=Appointment.Status.BOOKED, starts_at__gt=now)
    rows = rows.filter(starts_at__lt=now + timedelta(days=CONFIRM_DAYS)).exclude(reply=Appointment.Reply.ACCEPTED)
    return rows.select_related("patient", "practitioner", "type").order_by("starts_at", "pk")


def open_envelopes(facility: Facility) -> QuerySet[RecordSubmission]:
    """Envelopes the clerk has not filed yet."""
    rows = RecordSubmission.objects.filter(belongs_to(facility, "patient_id"), facility=facility)
    rows = rows.filter(status__in=RecordSubmission.OPEN)
    return rows.select_related("patient", "submitted_by").order_by("due_at", "pk")


def _batons(facility: Facility) -> QuerySet[EpisodeOfCare]:
    rows = EpisodeOfCare.objects.open().filter(belongs_to(facility, "patient_id"), facility=facility)
    return rows.select_related("patient", "owner").order_by("due_at", "pk")


def _task_row(task: Task, facility: Facility) -> Row:
    return _person(task) | {
        "what": read_of(task, task.text),
        "owner": str(task.owner or Role(task.owner_role).label),
        "due": due_label(task.due_at, facility.tz),
    }


def _baton_row(episode: EpisodeOfCare, facility: Facility) -> Row:
    return _person(episode) | {
        "uuid": episode.uuid,
        "owner": str(episode.owner),
        "role": Role(episode.owner_role).label,
        "next_step": read_of(episode, episode.next_step),
        "due": due_label(episode.due_at, facility.tz),
    }


def _handoff_row(handoff: Handoff, facility: Facility) -> Row:
    return _person(handoff) | {
        "from": str(handoff.from_user),
        "to": str(handoff.to_user or Role(handoff.to_role).label),
        "due": due_label(handoff.due_at, facility.tz),
    }


def _visit_row(visit: Appointment, facility: Facility) -> Row:
    return _person(visit) | {
        "when": when_label(visit.starts_at, facility.tz),
        "what": read_of(visit, visit.type.name, "Visit"),
        "with": str(visit.practitioner or ""),
        "reply": visit.get_reply_display(),
        "tone": "danger" if visit.reply == Appointment.Reply.DECLINED else "warning",
    }


def _envelope_row(envelope: RecordSubmission, facility: Facility) -> Row:
    return _person(envelope) | {
        "from": str(envelope.submitted_by),
        "status": envelope.get_status_display(),
        "due": due_label(envelope.due_at, facility.tz),
    }


def _person(row: Any) -> Row:
    """Whom the row is about; a task may be about nobody."""
    patient = row.patient
    return {"name": patient.list_name, "url": patient.get_absolute_url()} if patient else {"name": "", "url": ""}


LISTS: dict[str, Listing] = {
    "urgent": Listing("Safety: urgent and not yet acted on", urgent_tasks, _task_row),
    "unowned": Listing("Unowned", unowned_batons, _baton_row),
    "overdue": Listing("Next step overdue", overdue_batons, _baton_row),
    "handoffs": Listing("Hand-offs waiting to be accepted", waiting_handoffs, _handoff_row),
    "unconfirmed": Listing("Visits not confirmed, next three days", unconfirmed_visits, _visit_row),
    "envelopes": Listing("Envelopes with the clerk", open_envelopes, _envelope_row),
}


def board_list(key: str, user: User, facility: Facility, *, limit: int, offset: int = 0) -> dict[str, Any]:
    """`limit` rows of a list, ready to print, and the count of all of them. Two queries."""
    listing = LISTS[key]
    found = listing.found(facility)
    shown = with_asking(found, facility, user=user)[offset : offset + limit]
    rows = [listing.row(row, facility) for row in shown]
    return {"key": key, "title": listing.title, "rows": rows, "count": found.count()}
