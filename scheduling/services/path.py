"""What a visit means for the person's path: chart access, steps, the baton's next step, tasks."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from core import audit
from episodes import services as episodes
from episodes.models import EpisodeOfCare, EpisodeStep
from patients import services as patients
from patients.models import Relation
from scheduling.models import Appointment
from staff.models import Practitioner

CHART_STAYS_OPEN = timedelta(days=30)
ANSWER_WITHIN = timedelta(hours=4)
NEXT_STEP_WITHIN = timedelta(hours=24)
# Kinds of Task that speak of an appointment.
DECLINED, CALL_ASKED, MISSED, CAME_BACK = "visit-declined", "visit-call", "visit-missed", "mail-came-back"


def is_physician_visit(appointment: Appointment) -> bool:
    kinds = (appointment.type.practitioner_kind, appointment.practitioner.kind if appointment.practitioner else "")
    return Practitioner.Kind.PHYSICIAN in kinds and appointment.patient_id is not None


def open_chart(appointment: Appointment) -> None:
    """The practitioner may read the chart until 30 days after the last of the visits that stand."""
    user = appointment.practitioner.user if appointment.practitioner else None
    patient = appointment.patient
    if user is None or patient is None:
        return
    standing = Appointment.objects.filter(patient=patient, practitioner=appointment.practitioner, external=False)
    last = standing.exclude(status=Appointment.Status.CANCELLED).order_by("-ends_at").first()
    if last is None:
        patients.revoke(patient=patient, user=user, relation=Relation.BOOKING)
        return
    until = last.ends_at + CHART_STAYS_OPEN
    patients.grant(patient=patient, user=user, facility=appointment.facility, relation=Relation.BOOKING, until=until)


def visit_booked(appointment: Appointment, by: User | None) -> None:
    if is_physician_visit(appointment) and appointment.episode:
        kind = EpisodeStep.Kind.VISIT_BOOKED
        episodes.reach_step(episode=appointment.episode, kind=kind, by=by, reason="" if by else "link")
        _say_next(appointment.episode, "See the physician visit through", appointment.ends_at, by)


def visit_moved(appointment: Appointment, by: User | None) -> None:
    settle_tasks(appointment, by, "Moved to another time")
    if is_physician_visit(appointment) and appointment.episode:
        _withdraw(appointment.episode, EpisodeStep.Kind.VISIT_CONFIRMED, by)
        _say_next(appointment.episode, "See the physician visit through", appointment.ends_at, by)


def visit_cancelled(appointment: Appointment, by: User | None) -> None:
    settle_tasks(appointment, by, "Cancelled")
    if not is_physician_visit(appointment) or not appointment.episode:
        return
    _withdraw(appointment.episode, EpisodeStep.Kind.VISIT_CONFIRMED, by)
    if not _other_visits(appointment).exists():
        _withdraw(appointment.episode, EpisodeStep.Kind.VISIT_BOOKED, by)
        _say_next(appointment.episode, "Book the physician visit", timezone.now() + NEXT_STEP_WITHIN, by)


def visit_attended(appointment: Appointment, by: User) -> None:
    settle_tasks(appointment, by, "Attended")
    if is_physician_visit(appointment) and appointment.episode:
        episodes.reach_step(episode=appointment.episode, kind=EpisodeStep.Kind.VISIT_ATTENDED, by=by)
        _say_next(appointment.episode, "Submit the record to the clerk", timezone.now() + NEXT_STEP_WITHIN, by)


def visit_not_attended(appointment: Appointment, by: User) -> None:
    """Attended was said by mistake."""
    if is_physician_visit(appointment) and appointment.episode:
        _withdraw(appointment.episode, EpisodeStep.Kind.VISIT_ATTENDED, by)
        _say_next(appointment.episode, "See the physician visit through", appointment.ends_at, by)


def visit_missed(appointment: Appointment, by: User) -> None:
    settle_tasks(appointment, by, "Did not come")
    ask_desk(appointment, MISSED, "Call: did not come to the appointment", by)


def visit_answered(appointment: Appointment, by: User | None) -> None:
    """The patient's answer: a step of the path, or a task for the treatment desk."""
    settle_tasks(appointment, by, appointment.get_reply_display())
    confirmed = appointment.reply == Appointment.Reply.ACCEPTED
    if is_physician_visit(appointment) and appointment.episode:
        if confirmed:
            kind = EpisodeStep.Kind.VISIT_CONFIRMED
            episodes.reach_step(episode=appointment.episode, kind=kind, by=by, reason="" if by else "link")
        else:
            _withdraw(appointment.episode, EpisodeStep.Kind.VISIT_CONFIRMED, by)
    if appointment.reply == Appointment.Reply.DECLINED:
        ask_desk(appointment, DECLINED, "Find another time: can't make the appointment", by)
    if appointment.reply == Appointment.Reply.TENTATIVE:
        ask_desk(appointment, CALL_ASKED, "Call back about the appointment", by)


def ask_desk(appointment: Appointment, kind: str, text: str, by: User | None) -> None:
    """A task for the treatment desk, due in four hours, or at the start if that is sooner."""
    now = timezone.now()
    due_at = now + ANSWER_WITHIN
    if now < appointment.starts_at < due_at:
        due_at = appointment.starts_at
    episodes.ask(
        facility=appointment.facility, patient=appointment.patient, kind=kind, text=text, owner_role=Role.TREATMENT,
        due_at=due_at, focus=appointment, by=by,
    )  # fmt: skip


def settle_tasks(appointment: Appointment, by: User | None, outcome: str) -> None:
    for kind in (DECLINED, CALL_ASKED, MISSED, CAME_BACK):
        episodes.close_tasks_about(focus=appointment, by=by, kind=kind, outcome=outcome)


def _other_visits(appointment: Appointment) -> QuerySet[Appointment]:
    kind = Practitioner.Kind.PHYSICIAN
    physician = Q(practitioner__kind=kind) | Q(type__practitioner_kind=kind)
    rows = Appointment.objects.filter(physician, episode=appointment.episode).exclude(pk=appointment.pk)
    return rows.exclude(status__in=["cancelled", "noshow", "proposed"])


def _withdraw(episode: EpisodeOfCare, kind: EpisodeStep.Kind, by: User | None) -> None:
    step = episode.steps.filter(kind=kind, withdrawn_at__isnull=True).first()
    if step:
        step.withdrawn_at = timezone.now()
        audit.save(step, by=by, reason="" if by else "link")


def _say_next(episode: EpisodeOfCare, text: str, due_at: datetime, by: User | None) -> None:
    """Only while the treatment desk holds the baton: what another desk has to do next is not ours to change."""
    episode.refresh_from_db()
    if episode.is_open and episode.owner_role == Role.TREATMENT:
        reason = "" if by else "link"
        episodes.set_next_step(episode=episode, next_step=text, due_at=due_at, by=by, reason=reason)
