"""Rows of the desks' home pages, ready to print: name, record_number, what, due, url, action, action_url.

`due` is a core.labels.Due in the facility's zone. The caller has asked `accounts.access.require` before.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Perm, Role
from careplans.models import Assessment, CarePlan, PlanAcknowledgement, PlanPresentation, TreatmentOption
from core.labels import due_label, when_label
from core.times import day_bounds, today
from episodes.models import EpisodeOfCare, EpisodeStep, Handoff, Task
from patients.access import belongs_to, read_of, visible_patients, with_asking
from patients.models import Patient
from patients.selectors import as_known_to

PLAN_WITHIN = timedelta(hours=24)
OPTIONS_WITHIN = timedelta(hours=24)
BOOK_WITHIN = timedelta(hours=24)
REVIEW_AHEAD = timedelta(days=7)

Row = dict[str, Any]


def plans_due(user: User, facility: Facility) -> list[Row]:
    """Plans the patient care coordinator owes: none 24 hours after taking the person over, or a review that is
    overdue or due within seven days. The most pressing first."""
    caseload = _ids(visible_patients(user, Perm.PLAN_EDIT, facility))
    rows = [*_unwritten(caseload, facility), *_reviews(caseload, facility)]
    return sorted(rows, key=lambda row: row["due_at"])


def _unwritten(caseload: QuerySet[Any], facility: Facility) -> list[Row]:
    shared = CarePlan.objects.filter(episode=OuterRef("pk"), shared_at__isnull=False)
    taken = Handoff.objects.filter(
        episode=OuterRef("pk"), to_role=Role.PATIENT_CARE, status=Handoff.Status.ACCEPTED
    ).order_by("answered_at")
    episodes = EpisodeOfCare.objects.open().filter(~Exists(shared), facility=facility, patient__in=caseload)
    episodes = episodes.annotate(
        taken_at=Subquery(taken.values("answered_at")[:1]),
        begun=Exists(CarePlan.objects.filter(episode=OuterRef("pk"))),
    )
    return [
        _row(
            row.patient,
            facility,
            what="Draft, not shared yet" if row.begun else "No care plan yet",
            due_at=row.taken_at + PLAN_WITHIN,
            action="Continue the plan" if row.begun else "Write the plan",
            action_url=reverse("careplans:plan_detail", args=[row.patient.uuid]),
        )
        for row in episodes.filter(taken_at__isnull=False).select_related("patient")
    ]


def _reviews(caseload: QuerySet[Any], facility: Facility) -> list[Row]:
    soon = today(facility.tz) + REVIEW_AHEAD
    plans = CarePlan.objects.filter(
        facility=facility, status=CarePlan.Status.ACTIVE, review_due_on__lte=soon, patient__in=caseload
    )
    return [
        _row(
            plan.patient,
            facility,
            what=f"Review of edition {plan.edition}",
            due_at=day_bounds(plan.review_due_on, facility.tz)[1],  # type: ignore[arg-type]  # filtered below
            action="Review",
            action_url=reverse("careplans:plan_detail", args=[plan.patient.uuid]),
        )
        for plan in plans.filter(review_due_on__isnull=False).select_related("patient")
    ]


def acknowledgements_awaited(user: User, facility: Facility) -> list[Row]:
    """Who has not read the present edition yet, of the plans the person may write, and until when it was asked."""
    caseload = _ids(visible_patients(user, Perm.PLAN_EDIT, facility))
    rows = _waiting().filter(plan__facility=facility, plan__patient__in=caseload)
    return [
        _row(
            row.plan.patient,
            facility,
            what=f"{row.user} · edition {row.edition}",
            due_at=row.due_at,
            action="Open the plan",
            action_url=reverse("careplans:plan_detail", args=[row.plan.patient.uuid]),
        )
        | {"person": str(row.user), "asked": when_label(row.asked_at, facility.tz)}
        for row in rows
    ]


def my_acknowledgements(user: User, facility: Facility | None = None) -> list[Row]:
    """Plans the person is asked to read, the longest awaited first."""
    rows = _waiting().filter(user=user).select_related("plan__facility")
    if facility:
        rows = with_asking(rows.filter(plan__facility=facility), facility, patient_column="plan__patient")
    found = (
        _row(
            row.plan.patient,
            row.plan.facility,
            what=f"Care plan, edition {row.edition}",
            due_at=row.due_at,
            action="Read and acknowledge",
            action_url=row.get_absolute_url(),
            asking=row,
        )
        for row in rows
    )
    return as_known_to(user, found)


def _waiting() -> QuerySet[PlanAcknowledgement]:
    rows = PlanAcknowledgement.objects.filter(
        acknowledged_at__isnull=True, edition=F("plan__edition"), plan__status=CarePlan.Status.ACTIVE
    )
    return rows.select_related("user", "plan__patient").order_by("due_at", "pk")


def packets_to_write(user: User, facility: Facility | None = None) -> list[Row]:
    """Assessments the clinician has been asked for, the most pressing first."""
    tasks: QuerySet[Any] = Task.objects.open().filter(kind="assessment-requested", patient__isnull=False)
    tasks = tasks.filter(owner=user)
    if facility:
        tasks = with_asking(tasks.filter(facility=facility), facility)
    begun = Assessment.objects.filter(patient=OuterRef("patient"), author=user, status=Assessment.Status.DRAFT)
    return [
        _row(
            task.patient,
            task.facility,
            what="Draft begun" if task.begun else "Assessment asked for",
            due_at=task.due_at,
            action="Continue" if task.begun else "Write the packet",
            action_url=reverse("careplans:assessment_add", args=[task.patient.uuid]),
            asking=task,
        )
        for task in tasks.annotate(begun=Exists(begun)).select_related("patient", "facility").order_by("due_at")
    ]


def packets_arrived(facility: Facility) -> list[Row]:
    """Physicians' packets from which nobody has built an option yet, the oldest first."""
    built = TreatmentOption.objects.filter(assessment=OuterRef("pk"))
    packets = Assessment.objects.filter(
        ~Exists(built),
        belongs_to(facility, "patient"),
        facility=facility,
        status=Assessment.Status.COMPLETED,
        episode__status__in=EpisodeOfCare.OPEN,
    )
    return [
        _row(
            row.patient,
            facility,
            what=f"From {row.author}" + ("" if row.received_at else " · not taken yet"),
            due_at=row.completed_at + OPTIONS_WITHIN,
            action="Build options",
            action_url=reverse("careplans:option_list", args=[row.patient.uuid]),
            asking=row,
        )
        for row in with_asking(packets, facility).select_related("patient", "author").order_by("completed_at")
    ]


def presentations_today(facility: Facility) -> list[Row]:
    """Who can be shown options: two or more are ready and not shown, or shown today and still undecided."""
    on_offer = Q(treatment_options__status__in=(TreatmentOption.Status.DRAFT, TreatmentOption.Status.PRESENTED))
    undecided = PlanPresentation.objects.filter(episode=OuterRef("pk"), decided_at__isnull=True)
    episodes = (
        EpisodeOfCare.objects.open()
        .filter(belongs_to(facility, "patient"), facility=facility)
        .annotate(ready=Count("treatment_options", filter=on_offer))
        .annotate(shown_at=Subquery(undecided.values("presented_at")[:1]))
        .filter(ready__gte=2)
        .select_related("patient")
    )
    start, _ = day_bounds(today(facility.tz), facility.tz)
    wanted = episodes.filter(Q(shown_at__isnull=True) | Q(shown_at__gte=start)).order_by("due_at")
    return [
        _row(
            row.patient,
            facility,
            what=f"{row.ready} options · " + ("shown today, undecided" if row.shown_at else "ready to show"),
            due_at=row.due_at,
            action="Present",
            action_url=reverse("careplans:option_list", args=[row.patient.uuid]),
            asking=row,
        )
        for row in with_asking(wanted, facility)
    ]


def undecided_presentations(facility: Facility, days: int = 3) -> list[Row]:
    """Options shown at least so many days ago without an answer, the oldest first."""
    before = timezone.now() - timedelta(days=days)
    rows = PlanPresentation.objects.filter(
        belongs_to(facility, "patient"), facility=facility, decided_at__isnull=True, presented_at__lte=before
    )
    return [
        _row(
            row.patient,
            facility,
            what=f"Shown by {row.presented_by}",
            due_at=row.presented_at + timedelta(days=days),
            action="Ask for the decision",
            action_url=row.get_absolute_url(),
            asking=row,
        )
        for row in with_asking(rows, facility).select_related("patient", "presented_by").order_by("presented_at")
    ]


def accepted_not_booked(facility: Facility) -> list[Row]:
    """An option is signed and no physician's visit is booked yet, read from the steps of the path."""
    live = EpisodeStep.objects.filter(withdrawn_at__isnull=True)
    booked = live.filter(episode=OuterRef("episode"), kind=EpisodeStep.Kind.VISIT_BOOKED)
    steps = live.filter(
        ~Exists(booked),
        belongs_to(facility, "episode__patient"),
        kind=EpisodeStep.Kind.OPTION_ACCEPTED,
        episode__facility=facility,
        episode__status__in=EpisodeOfCare.OPEN,
    )
    steps = with_asking(steps, facility, patient_column="episode__patient")
    return [
        _row(
            step.episode.patient,
            facility,
            what="Option signed, no visit booked",
            due_at=step.reached_at + BOOK_WITHIN,
            action="Book a visit",
            action_url=reverse("scheduling:slot_list", args=[step.episode.patient.uuid]),
            asking=step,
        )
        | {"patient_uuid": step.episode.patient.uuid}
        for step in steps.select_related("episode__patient").order_by("reached_at")
    ]


def _ids(rows: QuerySet[Patient]) -> QuerySet[Any]:
    return rows.order_by().values("pk")


def _row(
    patient: Patient,
    facility: Facility,
    *,
    what: str,
    due_at: datetime,
    action: str,
    action_url: str,
    asking: Any = None,
) -> Row:
    """`asking` is the row of `with_asking` where the list has restricted charts among the others."""
    return {
        "uuid": patient.uuid,
        "name": patient.list_name,
        "record_number": read_of(asking, patient.record_number, ""),
        "what": read_of(asking, what),
        "due_at": due_at,
        "due": due_label(due_at, facility.tz),
        "url": action_url,
        "action": action,
        "action_url": action_url,
    }
