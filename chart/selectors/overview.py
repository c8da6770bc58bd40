"""What the page of a person shows before the timeline. A class that the viewer may not see is not fetched."""

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from accounts.access import live_memberships
from accounts.models import User
from accounts.roles import Perm, Role
from careplans.models import CarePlan, Goal
from chart.links import address, row_address
from chart.selectors.actions import actions
from chart.selectors.header import COMING, Rows, age_band, reply_badge, restrictions_said
from core.labels import day_label, due_label, when_label
from episodes.models import EpisodeOfCare, EpisodeStep, Handoff, Task
from intake.models import Coverage
from patients import selectors as patients
from patients.models import Patient
from scheduling.models import Appointment

Row = dict[str, Any]
FEW = 5

# Which page shows what a step is about, and who may open it.
STEP_PAGES = {
    EpisodeStep.Kind.HANDED_OVER: ("intake:intake_detail", Perm.INTAKE_VIEW),
    EpisodeStep.Kind.PLAN_SHARED: ("careplans:plan_detail", Perm.PLAN_VIEW),
    EpisodeStep.Kind.PLAN_ACKNOWLEDGED: ("careplans:plan_detail", Perm.PLAN_VIEW),
    EpisodeStep.Kind.OPTIONS_PRESENTED: ("careplans:option_list", Perm.OPTION_VIEW),
    EpisodeStep.Kind.OPTION_ACCEPTED: ("careplans:option_list", Perm.OPTION_VIEW),
    EpisodeStep.Kind.VISIT_BOOKED: ("scheduling:appointment_list", Perm.APPOINTMENT_VIEW),
    EpisodeStep.Kind.VISIT_CONFIRMED: ("scheduling:appointment_list", Perm.APPOINTMENT_VIEW),
    EpisodeStep.Kind.VISIT_ATTENDED: ("scheduling:appointment_list", Perm.APPOINTMENT_VIEW),
    EpisodeStep.Kind.RECORD_FILED: ("records:document_list", Perm.DOCUMENT_VIEW),
}
INTAKE_STEPS = list(EpisodeStep.Kind)[: list(EpisodeStep.Kind).index(EpisodeStep.Kind.HANDED_OVER)]
_KINDS = list(EpisodeStep.Kind)
STAGES = (("Intake", _KINDS[:6]), ("Care and choice", _KINDS[6:12]), ("Visit and record", _KINDS[12:]))
STEP_PAGES |= dict.fromkeys(INTAKE_STEPS, ("intake:intake_detail", Perm.INTAKE_VIEW))


def overview(user: User, patient: Patient) -> dict[str, Any]:
    """Everything above the timeline; None where the viewer holds no permission. A fixed number of queries.

    `header_rows` is what of it the header of the page shows too.
    """
    held = patient.held
    episode, reached = _path(patient) if Perm.HANDOFF_VIEW in held else (None, {})
    shown: dict[str, Any] = {"episode": episode, "actions": actions(user, patient, episode, set(reached))}
    shown |= dict.fromkeys(("stages", "handoffs", "tasks", "team", "allergies", "flags", "contact", "coverage"))
    shown |= {"plan": _plan(patient), "age_band": None, "appointments": None}
    if Perm.HANDOFF_VIEW in held:
        shown["stages"] = _stages(patient, reached) if episode else None
        shown |= {"handoffs": _handoffs(user, patient), "tasks": _tasks(user, patient), "team": _team(patient)}
    if Perm.SAFETY_VIEW in held:
        shown |= {"allergies": list(patients.allergies(patient)), "flags": list(patients.flags(patient))}
    if Perm.CONTACT_VIEW in held:
        shown["contact"] = _contact(patient)
    if held & {Perm.COVERAGE_STATUS, Perm.COVERAGE_VIEW}:
        shown["coverage"] = _coverage(patient)
    coming = _coming(patient) if held & {Perm.APPOINTMENT_STATUS, Perm.APPOINTMENT_VIEW} else None
    if coming is not None:
        shown["appointments"] = _appointments(patient, coming)
    if Perm.IDENTITY_VIEW not in held:
        shown["age_band"] = age_band(patient.age_on(timezone.localdate()))
    # A hand-off that waits for the viewer has the page's one main button.
    shown["answer_first"] = any(row["accept_url"] for row in shown["handoffs"] or ())
    shown["header_rows"] = Rows(path=(episode, _last(reached)), said=_said(patient, shown), coming=_first(coming))
    return shown


def classes_shown(patient: Patient) -> set[Perm]:
    """The data classes that the overview shows to this viewer, for the read log."""
    classes = {
        Perm.HANDOFF_VIEW, Perm.SAFETY_VIEW, Perm.CONTACT_VIEW, Perm.COVERAGE_STATUS, Perm.COVERAGE_VIEW,
        Perm.PLAN_VIEW, Perm.PLAN_EXTRACT, Perm.PLAN_STATUS, Perm.APPOINTMENT_VIEW, Perm.APPOINTMENT_STATUS,
        Perm.IDENTITY_VIEW,
    }  # fmt: skip
    return classes & patient.held


def _path(patient: Patient) -> tuple[EpisodeOfCare | None, dict[str, EpisodeStep]]:
    episodes = EpisodeOfCare.objects.filter(patient=patient).select_related("owner", "facility", "level_of_care")
    episode = episodes.order_by("-starts_at", "-id").first()
    if episode is None:
        return None, {}
    return episode, {step.kind: step for step in episode.steps.filter(withdrawn_at__isnull=True)}


def _last(reached: dict[str, EpisodeStep]) -> str | None:
    """The kind of the step reached last."""
    return max(reached.values(), key=lambda step: (step.reached_at, step.pk)).kind if reached else None


def _said(patient: Patient, shown: dict[str, Any]) -> list[tuple[str, str, str]]:
    flags = [("flag", flag.category, flag.text) for flag in shown["flags"] or ()]
    allergies = [("allergy", one.criticality, one.substance) for one in shown["allergies"] or ()]
    return flags + allergies + restrictions_said(patient)


def _first(coming: list[Appointment] | None) -> tuple[datetime, str, str] | None:
    return (coming[0].starts_at, coming[0].status, coming[0].reply) if coming else None


def _stages(patient: Patient, reached: dict[str, EpisodeStep]) -> list[Row]:
    """The whole path by stage: what was reached and when, what comes next, what is still to do."""
    ahead = next((kind for kind in EpisodeStep.Kind if kind not in reached), None)
    return [
        {"label": label, "steps": [_step(patient, kind, reached.get(kind), kind == ahead) for kind in kinds]}
        for label, kinds in STAGES
    ]


def _step(patient: Patient, kind: EpisodeStep.Kind, step: EpisodeStep | None, is_next: bool) -> Row:
    state = "done" if step else "current" if is_next else "todo"
    note = day_label(timezone.localdate(step.reached_at), timezone.localdate()) if step else ""
    return {"label": kind.label, "state": state, "note": note, "url": _step_url(patient, kind)}


def _step_url(patient: Patient, kind: EpisodeStep.Kind) -> str | None:
    page, perm = STEP_PAGES.get(kind, ("", None))
    return address(page, patient.uuid) if perm in patient.held else None


def _team(patient: Patient) -> list[Row]:
    now = patients.care_team(patient).filter(ends_at__isnull=True).select_related(None).select_related("user")
    return [{"name": str(member.user), "role": member.get_role_display()} for member in now]


def _handoffs(user: User, patient: Patient) -> list[Row]:
    """Those nobody has answered, with the answer for whom it is meant."""
    rows = Handoff.objects.filter(patient=patient, status=Handoff.Status.REQUESTED).select_related(
        "from_user", "to_user"
    )
    mine = {(row.facility_id, row.role) for row in live_memberships(user)}
    urls = {name: row_address(f"episodes:handoff_{name}", patient) for name in ("detail", "accept", "return")}
    return [_handoff(row, user, mine, urls) for row in rows.order_by("due_at")]


def _handoff(row: Handoff, user: User, mine: set[tuple[int, str]], urls: dict[str, Any]) -> Row:
    zone = timezone.get_current_timezone()
    for_me = (row.facility_id, row.to_role) in mine and row.to_user_id in (None, user.pk)
    return {
        "title": row.next_step,
        "from_label": str(row.from_user),
        "to_label": str(row.to_user or Role(row.to_role).label),
        "sent": when_label(row.sent_at, zone),
        "sent_iso": row.sent_at.isoformat(),
        "due": due_label(row.due_at, zone),
        "note": row.message,
        "url": urls["detail"](row.uuid),
        "accept_url": urls["accept"](row.uuid) if for_me else None,
        "return_url": urls["return"](row.uuid) if for_me else None,
        "status_label": row.get_status_display(),
        "tone": "warning",
    }


def _tasks(user: User, patient: Patient) -> list[Row]:
    """The open ones, with a way to the thing itself for whom they are meant."""
    rows = Task.objects.open().filter(patient=patient).select_related("owner").order_by("due_at")[: 4 * FEW]
    desks = {(row.facility_id, row.role) for row in live_memberships(user)}
    return [_task(row, user, desks) for row in rows]


def _task(row: Task, user: User, desks: set[tuple[int, str]]) -> Row:
    untaken = row.owner_id is None and (row.facility_id, row.owner_role) in desks
    return {
        "text": row.text,
        "who": str(row.owner or Role(row.owner_role).label),
        "due": due_label(row.due_at, timezone.get_current_timezone()),
        "urgent": row.priority == Task.Priority.URGENT,
        "url": address("episodes:task_open", row.uuid) if untaken or row.owner_id == user.pk else None,
        "take_url": address("episodes:task_take", row.uuid) if untaken else None,
    }


def _contact(patient: Patient) -> dict[str, list[Any]]:
    return {
        "points": list(patients.contact_points(patient)),
        "addresses": list(patients.addresses(patient)),
        "related": list(patients.related_people(patient)),
    }


def _coverage(patient: Patient) -> list[Row]:
    """Who pays, for whom it is to know; else only whether it was checked."""
    fields = ["status", "is_self_pay"]
    if Perm.COVERAGE_VIEW in patient.held:
        fields += ["payer_name", "plan_name", "authorised_until"]
    rows = Coverage.objects.filter(patient=patient).order_by("order", "id").values(*fields)
    tones = {Coverage.Status.ACTIVE: "success", Coverage.Status.DRAFT: "warning", Coverage.Status.CANCELLED: "neutral"}
    return [
        row | {"status_label": Coverage.Status(row["status"]).label, "tone": tones[Coverage.Status(row["status"])]}
        for row in rows[:FEW]
    ]


def _plan(patient: Patient) -> Row | None:
    """The current plan as far as the viewer may know it: its content, its extract, or that it is there."""
    held = patient.held
    if not held & {Perm.PLAN_VIEW, Perm.PLAN_EXTRACT, Perm.PLAN_STATUS}:
        return None
    current = CarePlan.objects.filter(patient=patient, status__in=["draft", "active", "on-hold"])
    if not held & {Perm.PLAN_VIEW, Perm.PLAN_EXTRACT}:
        plan = current.only("status", "edition").first()
        return {"there": plan is not None, "status": plan.get_status_display() if plan else ""}
    plan = current.annotate(problem_count=Count("problems", distinct=True)).first()
    if plan is None:
        return {"there": False}
    if Perm.PLAN_VIEW not in held and plan.edition == 0:  # an extract is of what was shared
        return {"there": False}
    goals = Goal.objects.filter(problem__plan=plan).exclude(lifecycle_status=Goal.LifecycleStatus.REJECTED)
    row: Row = {"there": True, "status": plan.get_status_display(), "precautions": plan.precautions}
    row["goals"] = [goal.text for goal in goals.order_by("problem__position", "position", "id")[:FEW]]
    if Perm.PLAN_VIEW in held:
        row |= {"edition": plan.edition, "problem_count": plan.problem_count, "review_due_on": plan.review_due_on}
    page = "careplans:plan_detail" if Perm.PLAN_VIEW in held else "careplans:plan_extract"
    return row | {"url": address(page, patient.uuid)}


def _coming(patient: Patient) -> list[Appointment]:
    """The next ones, the earliest first."""
    coming = Appointment.objects.filter(participants__patient=patient, participants__active=True, status__in=COMING)
    coming = coming.filter(ends_at__gte=timezone.now()).order_by("starts_at")
    return list(coming.select_related("type", "practitioner", "location")[:FEW])


def _appointments(patient: Patient, coming: list[Appointment]) -> list[Row]:
    """Without the right to view them only when, and whether the person comes."""
    to, zone = row_address("scheduling:appointment_detail", patient), timezone.get_current_timezone()
    return [_appointment(row, patient, to, zone) for row in coming]


def _appointment(appointment: Appointment, patient: Patient, to: Any, zone: Any) -> Row:
    label, tone = reply_badge(appointment.status, appointment.reply)
    row: Row = {"when": when_label(appointment.starts_at, zone), "iso": appointment.starts_at.isoformat()}
    row |= {"status": label, "tone": tone, "what": "Appointment", "sub": "", "url": None}
    if Perm.APPOINTMENT_VIEW in patient.held:
        who = [str(part) for part in (appointment.practitioner, appointment.location) if part]
        own = appointment.patient_id is not None  # a group has no page of this one person
        row |= {"what": appointment.type.name, "sub": " · ".join(who), "url": to(appointment.uuid) if own else None}
    return row
