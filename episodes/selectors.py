"""What is overdue, due today and waiting for whom, and what a hand-off brings with it."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet, Value
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.access import roles_at
from accounts.models import Facility, Membership, User
from accounts.roles import GRANTS, Perm, Role, Scope
from core.labels import due_label, when_label
from core.times import day_bounds, today
from episodes.models import EpisodeOfCare, EpisodeStep, Handoff, Task
from patients.access import belongs_to, permissions, visible_patients
from patients.models import Patient

ROWS_SHOWN = 200
Step = EpisodeStep.Kind
OF_INTAKE = (Step.COVERAGE_CHECKED, Step.CHANNEL_CONSENTED, Step.INTERVIEW_DONE, Step.SCREENED, Step.LEVEL_DETERMINED)
# What a desk expects to find reached when it is handed a person.
EXPECTED = {
    Role.PATIENT_CARE: OF_INTAKE,
    Role.CLINICIAN: (Step.INTERVIEW_DONE, Step.SCREENED, Step.LEVEL_DETERMINED),
    Role.TREATMENT: (Step.LEVEL_DETERMINED, Step.ASSESSED),
    Role.ACTIVITIES: (Step.LEVEL_DETERMINED, Step.PLAN_SHARED),
}
Row = dict[str, Any]


# The strip and its three lists.


def strip_counts(user: User, facility: Facility) -> dict[str, int]:
    """`overdue`, `due_today` and `waiting` of a person at a facility, as many as the lists have rows. One query."""
    tasks, batons, handoffs = _open_work(user, facility)
    counts = [_counted(rows, facility) for rows in (tasks, batons, handoffs)]
    totals = counts[0].union(*counts[1:], all=True)
    overdue, due_today, waiting = (sum(column) for column in zip(*totals, strict=True))
    return {"overdue": overdue, "due_today": due_today, "waiting": waiting}


def overdue_rows(user: User, facility: Facility, limit: int = ROWS_SHOWN) -> list[Row]:
    """What should have been done by now: tasks, batons and hand-offs, the oldest first. Three queries."""
    return _due_rows(user, facility, Q(due_at__lt=timezone.now()), limit)


def due_today_rows(user: User, facility: Facility, limit: int = ROWS_SHOWN) -> list[Row]:
    """What is due later today, by the facility's clock, the earliest first. Three queries."""
    return _due_rows(user, facility, _later_today(facility), limit)


def waiting_rows(user: User, facility: Facility, limit: int = ROWS_SHOWN) -> list[Row]:
    """Hand-offs to the person, or to a desk of theirs, that nobody has answered. One query."""
    rows = _handoffs_to(user, facility).select_related("patient", "from_user").order_by("due_at")[:limit]
    return [_handoff_row(row, facility.tz) for row in rows]


def _open_work(user: User, facility: Facility) -> tuple[QuerySet[Any], QuerySet[Any], QuerySet[Any]]:
    return tasks_for(user, facility), _batons_of(user, facility), _handoffs_to(user, facility)


def _counted(rows: QuerySet[Any], facility: Facility) -> QuerySet[Any]:
    waiting = Count("pk") if rows.model is Handoff else Value(0)
    return (
        rows.order_by()
        .annotate(everything=Value(1))
        .values("everything")
        .annotate(
            overdue=Count("pk", filter=Q(due_at__lt=timezone.now())),
            due_today=Count("pk", filter=_later_today(facility)),
            waiting=waiting,
        )
        .values_list("overdue", "due_today", "waiting")
    )


def _later_today(facility: Facility) -> Q:
    _, end = day_bounds(today(facility.tz), facility.tz)
    return Q(due_at__gte=timezone.now(), due_at__lt=end)


def _due_rows(user: User, facility: Facility, due: Q, limit: int) -> list[Row]:
    tasks, batons, handoffs = _open_work(user, facility)
    zone = facility.tz
    rows = [task_row(row, user, zone) for row in tasks.filter(due).select_related("patient").order_by("due_at")[:limit]]
    rows += [_baton_row(row, zone) for row in batons.filter(due).select_related("patient").order_by("due_at")[:limit]]
    found = handoffs.filter(due).select_related("patient", "from_user").order_by("due_at")[:limit]
    rows += [_handoff_row(row, zone) for row in found]
    return sorted(rows, key=lambda row: row["due_at"])[:limit]


def tasks_for(user: User, facility: Facility) -> QuerySet[Task]:
    """Open tasks of the person, and those of their desks that nobody has taken, at a facility.

    A task about a patient shows only to those who may see that patient's path.
    """
    mine = Q(owner=user) | Q(owner__isnull=True, owner_role__in=roles_at(user, facility))
    in_reach = Q(patient__isnull=True) | Q(patient__in=_in_reach(user, facility))
    return Task.objects.open().filter(mine, in_reach, facility=facility)


def _batons_of(user: User, facility: Facility) -> QuerySet[EpisodeOfCare]:
    rows = EpisodeOfCare.objects.open().filter(owner=user, facility=facility)
    return rows.filter(patient__in=_in_reach(user, facility))


def _handoffs_to(user: User, facility: Facility) -> QuerySet[Handoff]:
    addressed = Q(to_user=user) | Q(to_user__isnull=True)
    rows = Handoff.objects.filter(addressed, status=Handoff.Status.REQUESTED, facility=facility)
    return rows.filter(to_role__in=roles_at(user, facility), patient__in=_in_reach(user, facility))


def _in_reach(user: User, facility: Facility) -> QuerySet[Any]:
    return visible_patients(user, Perm.HANDOFF_VIEW, facility).order_by().values("pk")


# Rows as lists print them: see docs/ui.md.


def task_row(task: Task, user: User, tz: tzinfo) -> Row:
    """A task as a list prints it; `url` leads to the thing it is about."""
    url = reverse("episodes:task_open", args=[task.uuid])
    row = _row("task", task, task.patient, task.text, "list-checks", tz) | {"url": url, "action": "Open"}
    row["action_url"] = url
    row["close_url"] = reverse("episodes:task_close", args=[task.uuid])
    row["whose"] = "Mine" if task.owner_id == user.pk else Role(task.owner_role).label
    row["urgent"] = task.priority == Task.Priority.URGENT
    return row


def _baton_row(episode: EpisodeOfCare, tz: tzinfo) -> Row:
    url = episode.patient.get_absolute_url()
    row = _row("baton", episode, episode.patient, episode.next_step, "flag", tz) | {"url": url, "action": "Open"}
    return row | {"action_url": url, "whose": "I hold the baton", "urgent": False}


def _handoff_row(handoff: Handoff, tz: tzinfo) -> Row:
    url = reverse("episodes:handoff_detail", args=[handoff.patient.uuid, handoff.uuid])
    row = _row("handoff", handoff, handoff.patient, handoff.next_step, "arrow-right-left", tz)
    row |= {"url": url, "action": "Read and accept", "action_url": url, "urgent": False}
    row["whose"] = "To me" if handoff.to_user_id else f"To {Role(handoff.to_role).label.lower()}s"
    row["from_label"] = f"{handoff.from_user} · {Role(handoff.from_role).label}"
    return row


def _row(kind: str, thing: Any, patient: Patient | None, title: str, icon: str, tz: tzinfo) -> Row:
    return {
        "uuid": thing.uuid,
        "kind": kind,
        "kind_label": {"task": "Task", "baton": "Next step", "handoff": "Hand-off"}[kind],
        "icon": icon,
        "title": title,
        "name": patient.list_name if patient else "",
        "record_number": patient.record_number if patient else "",
        "patient_url": patient.get_absolute_url() if patient else "",
        "due_at": thing.due_at,
        "due": due_label(thing.due_at, tz),
    }


# One hand-off, one task.


def handoff_of(patient: Patient, pk: UUID) -> Handoff:
    """A hand-off of this patient. Raises Http404 for any other."""
    row = patient.handoffs.select_related("from_user", "to_user", "answered_by", "facility", "episode")
    found = row.filter(uuid=pk).first()
    if found is None:
        raise Http404
    found.patient = patient
    return found


def task_of(user: User, facility: Facility, pk: UUID) -> Task:
    """An open task that is the person's, or of a desk of theirs. Raises Http404 for any other."""
    found = tasks_for(user, facility).filter(uuid=pk).select_related("patient").first()
    if found is None:
        raise Http404
    return found


def task_target(task: Task) -> str | None:
    """The path of the thing the task is about, else of its patient, else None."""
    focus: Model | None = task.focus
    if focus is not None and hasattr(focus, "get_absolute_url"):
        return str(focus.get_absolute_url())
    return task.patient.get_absolute_url() if task.patient else None


def task_rows(user: User, facility: Facility, show: str) -> list[Row]:
    """The person's and their desks' open tasks: `overdue`, due `today` or `all`, the earliest first. One query."""
    due = {"overdue": Q(due_at__lt=timezone.now()), "today": _later_today(facility)}.get(show, Q())
    rows = tasks_for(user, facility).filter(due).select_related("patient").order_by("due_at")[:ROWS_SHOWN]
    return [task_row(row, user, facility.tz) for row in rows]


def task_counts(user: User, facility: Facility) -> dict[str, int]:
    """How many tasks each filter of the list would show. One query."""
    return tasks_for(user, facility).aggregate(
        all=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=timezone.now())),
        today=Count("pk", filter=_later_today(facility)),
    )


def handoff_panel(handoff: Handoff, tz: tzinfo) -> Row:
    """A hand-off as `_ui/handoff.html` prints it. One query, for the steps reached."""
    tones = {"requested": "warning", "accepted": "success", "rejected": "danger", "cancelled": "neutral"}
    waits = handoff.status == Handoff.Status.REQUESTED
    to_desk = Role(handoff.to_role).label
    return {
        "title": handoff.next_step,
        "from_label": f"{handoff.from_user} · {Role(handoff.from_role).label}",
        "to_label": f"{handoff.to_user} · {to_desk}" if handoff.to_user else f"any {to_desk.lower()}",
        "sent": when_label(handoff.sent_at, tz),
        "sent_iso": handoff.sent_at.isoformat(),
        "due": due_label(handoff.due_at, tz) if waits else None,
        "note": handoff.message,
        "packet": packet_items(handoff),
        "status_label": handoff.get_status_display(),
        "tone": tones[handoff.status],
    }


def packet_items(handoff: Handoff) -> list[Row]:
    """What the receiving desk expects, with what is there and what is missing."""
    expected = EXPECTED.get(Role(handoff.to_role), ())
    reached = set(handoff.episode.steps.filter(withdrawn_at__isnull=True).values_list("kind", flat=True))
    return [{"label": kind.label, "there": kind in reached} for kind in expected]


# Who can be asked.


def may_answer(user: User, handoff: Handoff) -> bool:
    """Whether the person may accept or return it: addressed to them, or to a desk of theirs."""
    addressed = handoff.to_user_id in (None, user.pk) and handoff.to_role in roles_at(user, handoff.facility)
    return addressed and handoff.status == Handoff.Status.REQUESTED


def colleagues(facility: Facility, *, roles: Iterable[str], but: User) -> dict[str, list[User]]:
    """Role → the people who hold it at the facility now, by name. One query."""
    rows = Membership.objects.live().filter(facility=facility, role__in=roles).exclude(user=but)
    found: dict[str, list[User]] = {role: [] for role in Role.values if role in set(roles)}
    for row in rows.select_related("user").order_by("user__family_name", "user__given_name"):
        found[row.role].append(row.user)
    return found


def roles_with(perm: Perm) -> list[str]:
    """The roles that hold a permission about some patients at least, in the order of the path."""
    standing = (Scope.FACILITY, Scope.ASSIGNED)
    return [role.value for role in Role if any(perm in GRANTS[role].get(scope, ()) for scope in standing)]


def can_be_asked(patient: Patient, facility: Facility, *, role: str, owner: User | None) -> bool:
    """Whether a task about the patient would show to anybody: to that person, or to somebody at that desk."""
    if owner:
        return Perm.HANDOFF_VIEW in permissions(owner, patient)
    if Perm.HANDOFF_VIEW in GRANTS[Role(role)].get(Scope.FACILITY, ()):
        return patient_belongs(patient, facility)
    desk = patient.desk_grants.filter(facility=facility, role=role)
    team = patient.care_team.filter(facility=facility, role=role, ends_at__isnull=True)
    return desk.exists() or team.exists()


def patient_belongs(patient: Patient, facility: Facility) -> bool:
    return Patient.objects.filter(belongs_to(facility), pk=patient.pk).exists()


def current_episode(patient: Patient) -> EpisodeOfCare | None:
    """The open episode with its owner, None when there is none. One query."""
    return patient.episodes.open().select_related("owner", "facility").first()


def unfinished(membership: Membership) -> dict[str, int]:
    """What would be left without its person if the role ended: batons, tasks and hand-offs in their name."""
    who = {"owner": membership.user, "owner_role": membership.role, "facility": membership.facility}
    addressed = {"to_user": membership.user, "to_role": membership.role, "facility": membership.facility}
    waiting = Handoff.objects.filter(status=Handoff.Status.REQUESTED, **addressed)
    return {
        "next step": EpisodeOfCare.objects.open().filter(**who).count(),
        "task": Task.objects.open().filter(**who).count(),
        "hand-off": waiting.count(),
    }


def may_still_see(user: User, patient: Patient) -> bool:
    """Whether the patient's page opens for the person now."""
    return Perm.NAME_VIEW in permissions(user, patient)
