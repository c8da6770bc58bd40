"""The facility's figures over the last 30 days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, F, Min, Q
from django.utils import timezone

from accounts.models import Facility
from accounts.roles import Role
from activities.models import Attendance
from episodes.models import EpisodeStep, Handoff
from intake.models import Referral
from scheduling.models import Appointment

KPI_DAYS = 30


@dataclass
class Indicator:
    label: str
    value: str
    target: str
    meets: bool | None
    basis: str


def indicators(facility: Facility) -> list[Indicator]:
    """The facility's figures over the last 30 days, each with the number of cases it stands on."""
    since = timezone.now() - timedelta(days=KPI_DAYS)
    return [
        _first_response(facility, since),
        _referral_to_hand_over(facility, since),
        _plan_within_a_day(facility, since),
        _show_rate(facility, since),
        _group_attendance(facility, since),
    ]


def _first_response(facility: Facility, since: datetime) -> Indicator:
    """A referral nobody has answered counts as missed once its time is over."""
    answered = Q(first_response_at__isnull=False)
    rows = Referral.objects.filter(answered | Q(response_due_at__lt=timezone.now()))
    rows = rows.filter(facility=facility, received_at__gte=since)
    on_time = Count("pk", filter=Q(first_response_at__lte=F("response_due_at")))
    found = rows.aggregate(n=Count("pk"), on_time=on_time)
    return _share("Referrals answered within 30 minutes", found["on_time"], found["n"], 90, "referrals")


def _referral_to_hand_over(facility: Facility, since: datetime) -> Indicator:
    steps = EpisodeStep.objects.filter(
        kind=EpisodeStep.Kind.HANDED_OVER, withdrawn_at__isnull=True, reached_at__gte=since, episode__facility=facility
    ).annotate(received=Min("episode__referrals__received_at"))
    spans = steps.filter(received__isnull=False).values_list("received", "reached_at")
    waits = [(reached - received).total_seconds() / 86400 for received, reached in spans]
    days = median(waits) if waits else None
    value = f"{days:.1f} days" if days is not None else "–"
    meets = days <= 3 if days is not None else None
    basis = f"{len(waits)} people" if waits else "nobody yet"
    return Indicator("Referral to hand-over, median", value, "at most 3 days", meets, basis)


def _plan_within_a_day(facility: Facility, since: datetime) -> Indicator:
    accepted = Handoff.objects.filter(
        facility=facility,
        to_role=Role.PATIENT_CARE,
        status=Handoff.Status.ACCEPTED,
        answered_at__gte=since,
        answered_at__lt=timezone.now() - timedelta(hours=24),
    )
    shared = Q(episode__steps__kind=EpisodeStep.Kind.PLAN_SHARED)
    rows = accepted.annotate(plan_at=Min("episode__steps__reached_at", filter=shared))
    within = Q(plan_at__lte=F("answered_at") + timedelta(hours=24))
    return _share("Care plan within 24 hours", rows.filter(within).count(), rows.count(), 90, "people")


def _show_rate(facility: Facility, since: datetime) -> Indicator:
    visits = Appointment.objects.filter(
        facility=facility,
        starts_at__gte=since,
        patient__isnull=False,
        external=False,
        status__in=["fulfilled", "noshow"],
    ).aggregate(n=Count("pk"), came=Count("pk", filter=Q(status="fulfilled")))
    return _share("Visits attended", visits["came"], visits["n"], 80, "visits")


def _group_attendance(facility: Facility, since: datetime) -> Indicator:
    rows = Attendance.objects.filter(
        session__program__facility=facility, session__appointment__starts_at__gte=since
    ).exclude(status=Attendance.Status.EXPECTED)
    seats = rows.aggregate(n=Count("pk"), came=Count("pk", filter=Q(status__in=Attendance.CAME)))
    return _share("Group sessions attended", seats["came"], seats["n"], 75, "places")


def _share(label: str, part: int, whole: int, target: int, noun: str) -> Indicator:
    if not whole:
        return Indicator(label, "–", f"at least {target} %", None, f"no {noun} yet")
    percent = round(100 * part / whole)
    return Indicator(label, f"{percent} %", f"at least {target} %", percent >= target, f"{part} of {whole} {noun}")
