"""Which messages an appointment owes, and when."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import Facility
from scheduling import clock
from scheduling.models import Appointment, Reminder, ReminderRule

# A booking for later today or tomorrow, past all rules' times, still gets one message if there is this much time.
WORTH_A_MESSAGE = timedelta(hours=2)


def queue_reminders(*, appointment: Appointment) -> list[Reminder]:
    """Write one row for each rule that speaks of the appointment; call it in the booking's own transaction.

    The rules of its type, if there are any, replace the facility's general ones: a type with rules of its own says
    all that is sent for it. A rule may ask that it was booked so many hours ahead (a move counts as a booking).
    Days mean the same wall time on an earlier day of the facility, hours are hours; both are moved into the hours
    in which the facility sends mail. A rule whose time is past owes nothing; when none is left and the start is
    more than two hours ahead, one row without a rule is due now (the person has just been spoken to, so at any
    hour). The rows are there without a consent too: that is read at the moment of sending. Groups, the deceased
    and times that are only proposed get none.
    """
    if not _is_reminded_of(appointment):
        return []
    now = timezone.now()
    rules = _rules(appointment)
    ahead = appointment.starts_at - now
    planned = [(rule, send_time(rule, appointment)) for rule in rules if ahead >= _least_notice(rule)]
    rows = [_reminder(appointment, rule, at) for rule, at in planned if at > now]
    if planned and not rows and ahead > WORTH_A_MESSAGE:
        rows = [_reminder(appointment, None, now, at_any_hour=True)]
    return Reminder.objects.bulk_create(rows)


def withdraw_reminders(*, appointment: Appointment) -> None:
    """No message that has not begun to leave goes any more. One in flight keeps its state."""
    waiting = appointment.reminders.filter(status__in=[Reminder.Status.DUE, Reminder.Status.CLAIMED])
    waiting.update(status=Reminder.Status.WITHDRAWN, changed_at=timezone.now())


def send_time(rule: ReminderRule, appointment: Appointment) -> datetime:
    """When the rule's message goes, on the facility's wall clock."""
    facility, start = appointment.facility, appointment.starts_at
    moment = clock.before(start, days=rule.days_before, hours=rule.hours_before, tz=facility.tz)
    return clock.civil(moment, until=start, tz=facility.tz, hours=mail_hours(facility))


def mail_hours(facility: Facility) -> clock.Hours:
    """From when until when the facility sends mail, on its clock."""
    return facility.mail_from, facility.mail_until


def _is_reminded_of(appointment: Appointment) -> bool:
    if appointment.patient is None or appointment.patient.deceased or appointment.external:
        return False
    return appointment.status != Appointment.Status.PROPOSED


def _rules(appointment: Appointment) -> list[ReminderRule]:
    """The most specific that there are: those of the type, else those of the facility."""
    mine = Q(appointment_type__isnull=True) | Q(appointment_type=appointment.type)
    rules = list(ReminderRule.objects.filter(mine, facility=appointment.facility, is_active=True).order_by("pk"))
    return [rule for rule in rules if rule.appointment_type_id] or rules


def _least_notice(rule: ReminderRule) -> timedelta:
    return timedelta(hours=rule.booked_hours_before)


def _reminder(
    appointment: Appointment, rule: ReminderRule | None, send_at: datetime, *, at_any_hour: bool = False
) -> Reminder:
    version = appointment.schedule_version
    return Reminder(
        appointment=appointment, rule=rule, schedule_version=version, send_at=send_at, at_any_hour=at_any_hour
    )
