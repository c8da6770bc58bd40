"""Whose turn it is when a time comes free."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.utils import timezone

from core.labels import distance_label
from patients.access import belongs_to
from scheduling.models import Appointment, AppointmentParticipant, FreedTime, WaitlistEntry, WaitlistOffer
from scheduling.models.types import TELEHEALTH

Status = WaitlistEntry.Status


def next_in_line(freed: FreedTime, *, told_at: datetime) -> list[WaitlistEntry]:
    """Who may be offered a free time, the first to be asked first. One query.

    The order: urgency; then who has waited longer, in days of the facility; of those who came on the same day
    who fits best (asked for this practitioner, then whose visit leaves least of the time unused), then who came
    first. Left out: whose wishes the time does not meet, who is taken then or has an offer, who had this time
    before, who gave it back. `told_at` is when the person can be told: their notice runs from it.
    """
    tz = freed.facility.tz
    local = freed.starts_at.astimezone(tz)
    rows = _fitting(freed).filter(_wishes(local, freed, told_at), _comes_earlier(freed)).exclude(_had_it(freed))
    rows = rows.annotate(
        wanted=_wanted(freed),
        came_on=TruncDate("asked_at", tzinfo=tz),
        asked_for=Case(When(practitioner=freed.practitioner, then=0), default=1),
    )
    taken = AppointmentParticipant.objects.filter(
        patient=OuterRef("patient"), active=True, during__overlap=OuterRef("wanted")
    )
    rows = rows.exclude(Exists(taken))
    rows = rows.order_by("urgency", "came_on", "asked_for", "-type__minutes", "asked_at", "pk")
    return [entry for entry in rows if _is_over_by(entry, freed)]


def why_next(entry: WaitlistEntry, freed: FreedTime) -> str:
    """The rule that put the person first, in words."""
    parts = [entry.get_urgency_display(), f"waiting {distance_label(timezone.now() - entry.asked_at)}"]
    if entry.practitioner_id == freed.practitioner_id:
        parts.append("asked for this practitioner")
    return ", ".join(parts)


def _fitting(freed: FreedTime) -> QuerySet[WaitlistEntry]:
    """Those who wait here for a kind that this practitioner can give in this time and room."""
    minutes = int((freed.ends_at - freed.starts_at).total_seconds() // 60)
    kinds = Q(type__practitioner_kind__in=["", freed.practitioner.kind], type__is_group=False, type__is_active=True)
    if freed.location_id is None:
        kinds &= Q(type__place_of_service__in=TELEHEALTH)
    waiting = WaitlistEntry.objects.filter(
        kinds, belongs_to(freed.facility, "patient"), facility=freed.facility, status=Status.WAITING,
        type__minutes__lte=minutes, patient__deceased=False,
    )  # fmt: skip
    return waiting.select_related("facility", "type", "patient", "practitioner", "appointment", "episode")


def _wishes(local: datetime, freed: FreedTime, told_at: datetime) -> Q:
    """What the person said: with whom, on which days, from when in the day, and how long before it must be known."""
    day, notice = local.date(), int((freed.starts_at - told_at).total_seconds() // 3600)
    return (
        (Q(practitioner=None) | Q(practitioner=freed.practitioner))
        & (Q(weekdays=[]) | Q(weekdays__contains=[day.weekday()]))
        & (Q(earliest_on=None) | Q(earliest_on__lte=day))
        & (Q(latest_on=None) | Q(latest_on__gte=day))
        & (Q(from_time=None) | Q(from_time__lte=local.time()))
        & Q(notice_hours__lte=max(notice, 0))
    )


def _is_over_by(entry: WaitlistEntry, freed: FreedTime) -> bool:
    """Whether a visit of the kind would end by the latest time of day the person wishes."""
    if entry.until_time is None:
        return True
    tz = freed.facility.tz
    ends = (freed.starts_at + timedelta(minutes=entry.type.minutes)).astimezone(tz).replace(tzinfo=None)
    return ends <= datetime.combine(freed.starts_at.astimezone(tz).date(), entry.until_time)


def _comes_earlier(freed: FreedTime) -> Q:
    """Has no time, or none any more, or a later one."""
    later = Q(appointment__starts_at__gt=freed.starts_at)
    return Q(appointment=None) | ~Q(appointment__status__in=Appointment.UPCOMING) | later


def _had_it(freed: FreedTime) -> Q:
    """Who has an open offer, had this very time offered before, or is the one who gave it back."""
    offered = WaitlistOffer.objects.filter(entry=OuterRef("pk"))
    same = Q(appointment__practitioner=freed.practitioner, appointment__starts_at=freed.starts_at)
    had = Q(Exists(offered.filter(Q(status=WaitlistOffer.Status.OFFERED) | same)))
    giver = freed.freed_by.patient_id if freed.freed_by else None
    return had | Q(patient=giver) if giver else had


def _wanted(freed: FreedTime) -> Func:
    """The time that a visit of the row's kind would take, its pause included."""
    begins = Value(freed.starts_at, output_field=DateTimeField())
    minutes = F("type__minutes") + F("type__buffer_minutes")
    lasts = Func(minutes, template="make_interval(mins => %(expressions)s)", output_field=DurationField())
    ends = ExpressionWrapper(begins + lasts, output_field=DateTimeField())
    return Func(begins, ends, function="tstzrange", output_field=DateTimeRangeField())
