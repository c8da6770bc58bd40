"""Who gets what at this app's addresses."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from accounts.roles import Role
from scheduling import links, services
from scheduling.models import Appointment, AppointmentLink, Reminder, WaitlistEntry
from staff.models import Practitioner, PractitionerRole
from tests import factories
from tests.access_matrix import Row, desk_row
from tests.scheduling import stage
from tests.world import World

SEES = "clinical intake patient-care treatment clinician clerk"
NOT_SEES = "activities privacy"
BOOKS = "intake patient-care treatment"
NOT_BOOKS = "clinical activities clerk clinician privacy"
SETTLES = "treatment"
NOT_SETTLES = "clinical intake patient-care activities clerk clinician privacy"


def of_patient(world: World) -> list[Any]:
    return [world.patient.uuid]


def booked(world: World) -> Appointment:
    physician = factories.practitioner(world.facility)
    stage.hours(physician, world.facility)
    kind = stage.visit_type(world.facility)
    start = stage.at(2, facility=world.facility)
    return stage.visit(world.patient, physician, kind, by=world.people[Role.TREATMENT], starts_at=start)


def of_appointment(world: World) -> list[Any]:
    return [world.patient.uuid, booked(world).uuid]


def of_reminder(world: World) -> list[Any]:
    row = Reminder.objects.create(
        appointment=booked(world),
        schedule_version=1,
        at_any_hour=True,
        send_at=timezone.now(),
        status=Reminder.Status.FAILED,
    )
    return [world.patient.uuid, row.uuid]


def reply_link(world: World) -> list[Any]:
    return _link(world, AppointmentLink.Purpose.REPLY)


def stop_link(world: World) -> list[Any]:
    return _link(world, AppointmentLink.Purpose.OPT_OUT)


def _link(world: World, purpose: AppointmentLink.Purpose) -> list[Any]:
    """A live link; and nobody has come too often in this minute."""
    cache.clear()
    token = links.new_token()
    reminder = Reminder.objects.create(
        appointment=booked(world), schedule_version=1, at_any_hour=True, send_at=timezone.now()
    )
    links.link_for(reminder, token, purpose).save()
    return [token]


def of_waiting(world: World) -> list[Any]:
    patient, uuid = of_reminder(world)
    Reminder.objects.filter(uuid=uuid).update(status=Reminder.Status.DUE, send_at=timezone.now() + timedelta(hours=1))
    return [patient, uuid]


def of_held_back(world: World) -> list[Any]:
    patient, uuid = of_waiting(world)
    Reminder.objects.filter(uuid=uuid).update(status=Reminder.Status.WITHDRAWN, code="held-back")
    return [patient, uuid]


def of_call_in_hand(world: World) -> list[Any]:
    """Nobody is on the telephone with this person."""
    cache.clear()
    return of_appointment(world)


def waiting_entry(world: World) -> WaitlistEntry:
    entry = WaitlistEntry(patient=world.patient, facility=world.facility, type=stage.visit_type(world.facility))
    return services.add_to_waitlist(entry=entry, by=world.people[Role.TREATMENT])


def of_entry(world: World) -> list[Any]:
    return [world.patient.uuid, waiting_entry(world).uuid]


def of_offer(world: World) -> list[Any]:
    doctor, room = factories.practitioner(world.facility), factories.LocationFactory(facility=world.facility)
    stage.hours(doctor, world.facility)
    offer = services.offer_time(
        entry=waiting_entry(world), practitioner=doctor, location=room, starts_at=stage.at(2, facility=world.facility),
        by=world.people[Role.TREATMENT],
    )  # fmt: skip
    return [world.patient.uuid, offer.uuid]


def of_feed(world: World) -> list[Any]:
    clinician = world.people[Role.CLINICIAN]
    factories.practitioner(world.facility, user=clinician)
    feed, _ = services.create_feed(detail="busy", label="my phone", by=clinician)
    return [feed.uuid]


def feed_address(world: World) -> list[Any]:
    cache.clear()
    clinician = world.people[Role.CLINICIAN]
    factories.practitioner(world.facility, user=clinician)
    return [services.create_feed(detail="busy", label="my phone", by=clinician)[1]]


SEES_CALENDAR = "clinical intake patient-care treatment activities clinician"
FEEDS: list[Row] = [
    desk_row("scheduling:feed_list", SEES_CALENDAR),
    desk_row("scheduling:feed_add", SEES_CALENDAR, method="post"),
    # One's own feed alone: to colleagues who may have feeds it is not there.
    desk_row("scheduling:feed_revoke", SEES_CALENDAR, args=of_feed, method="post", answers=frozenset({302, 404})),
    Row("feed:calendar", args=feed_address, public=True),
]
WAITLIST: list[Row] = [
    desk_row("scheduling:measure_list", "clinical intake treatment"),
    desk_row("scheduling:waitlist_list", BOOKS),
    Row("scheduling:waitlist_person", SEES, NOT_SEES, args=of_patient),
    Row("scheduling:waitlist_add", BOOKS, NOT_BOOKS, args=of_patient),
    Row("scheduling:waitlist_add", BOOKS, NOT_BOOKS, args=of_patient, method="post"),
    Row("scheduling:waitlist_change", BOOKS, NOT_BOOKS, args=of_entry),
    Row("scheduling:waitlist_change", BOOKS, NOT_BOOKS, args=of_entry, method="post"),
    Row("scheduling:waitlist_remove", BOOKS, NOT_BOOKS, args=of_entry, method="post", data={"reason": "Moved"}),
    Row("scheduling:waitlist_offer", BOOKS, NOT_BOOKS, args=of_entry),
    Row("scheduling:waitlist_offer", BOOKS, NOT_BOOKS, args=of_entry, method="post"),
    Row("scheduling:waitlist_answer", BOOKS, NOT_BOOKS, args=of_offer, method="post", data={"answer": "accepted"}),
]  # fmt: skip
MATRIX: list[Row] = [
    *WAITLIST,
    *FEEDS,
    desk_row("scheduling:day", "clinical intake patient-care treatment activities clinician"),
    desk_row("scheduling:week", "clinical intake patient-care treatment activities clinician"),
    desk_row("scheduling:call_list", BOOKS),
    desk_row("scheduling:reminder_list", "clinical intake patient-care treatment privacy"),
    Row("scheduling:slot_list", BOOKS, NOT_BOOKS, args=of_patient),
    Row("scheduling:appointment_book", BOOKS, NOT_BOOKS, args=of_patient),
    Row("scheduling:appointment_book", BOOKS, NOT_BOOKS, args=of_patient, method="post"),
    Row("scheduling:appointment_list", SEES, NOT_SEES, args=of_patient),
    Row("scheduling:appointment_list_pdf", SEES, NOT_SEES, args=of_patient),
    Row("scheduling:appointment_detail", SEES, NOT_SEES, args=of_appointment),
    Row("scheduling:appointment_move", BOOKS, NOT_BOOKS, args=of_appointment),
    Row("scheduling:appointment_move", BOOKS, NOT_BOOKS, args=of_appointment, method="post"),
    Row(
        "scheduling:appointment_cancel", BOOKS, NOT_BOOKS, args=of_appointment, method="post", data={"reason": "Asked"}
    ),
    Row(
        "scheduling:appointment_status", BOOKS, NOT_BOOKS, args=of_appointment, method="post",
        data={"status": "arrived"},
    ),
    Row("scheduling:call_add", BOOKS, NOT_BOOKS, args=of_appointment, method="post", data={"outcome": "no-answer"}),
    Row("scheduling:reminder_preview", SETTLES, NOT_SETTLES, args=of_reminder),
    Row(
        "scheduling:reminder_resolve", SETTLES, NOT_SETTLES, args=of_reminder, method="post", data={"answer": "again"}
    ),
    Row("link:reply", args=reply_link, public=True),
    Row("link:reply", args=reply_link, method="post", public=True),
    Row("link:calendar", args=reply_link, public=True),
    Row("link:opt_out", args=stop_link, public=True),
    Row("link:opt_out", args=stop_link, method="post", public=True),
]  # fmt: skip

MATRIX += [
    Row("scheduling:call_start", BOOKS, NOT_BOOKS, args=of_call_in_hand, method="post"),
    Row("scheduling:call_stop", BOOKS, NOT_BOOKS, args=of_call_in_hand, method="post"),
    Row("scheduling:call_log", BOOKS, NOT_BOOKS, args=of_call_in_hand, method="post", data={"outcome": "no-answer"}),
    Row("scheduling:call_next", BOOKS, NOT_BOOKS, args=of_call_in_hand, method="post"),
    Row("scheduling:reminder_resolve", SETTLES, NOT_SETTLES, args=of_reminder),
    Row("scheduling:reminder_hold", SETTLES, NOT_SETTLES, args=of_waiting, method="post"),
    Row("scheduling:reminder_release", SETTLES, NOT_SETTLES, args=of_held_back, method="post"),
    desk_row("scheduling:mail_day", "clinical intake patient-care treatment privacy"),
    Row("scheduling:reminder_html", SETTLES, NOT_SETTLES, args=of_waiting),
    Row("link:time", args=reply_link, public=True),
    Row("link:time", args=reply_link, method="post", public=True),
]


def of_hold(world: World) -> list[Any]:
    """A time held by somebody: only who holds it lets it go."""
    physician = factories.practitioner(world.facility)
    stage.hours(physician, world.facility)
    hold = services.hold_time(
        type=stage.visit_type(world.facility, code="held"), practitioner=physician, location=None,
        starts_at=stage.at(4, facility=world.facility), facility=world.facility, by=world.people[Role.TREATMENT],
    )  # fmt: skip
    return [world.patient.uuid, hold.uuid]


CALENDAR: list[Row] = [
    desk_row("scheduling:arrivals", "clinical intake patient-care treatment activities clinician"),
    Row("scheduling:hold_add", BOOKS, NOT_BOOKS, args=of_patient, method="post"),
    Row("scheduling:hold_release", BOOKS, NOT_BOOKS, args=of_hold, method="post"),
]  # fmt: skip
MATRIX += CALENDAR


def of_series(world: World) -> list[Any]:
    """Three weekly visits from next week on."""
    physician = factories.practitioner(world.facility)
    stage.hours(physician, world.facility)
    start = stage.at(7, 10, facility=world.facility)
    series = services.book_series(
        patient=world.patient, type=stage.visit_type(world.facility), practitioner=physician, location=None,
        weekdays=[start.weekday()], interval=1, starts_on=start.date(), count=3, wall_time=start.time(),
        by=world.people[Role.TREATMENT],
    )  # fmt: skip
    return [world.patient.uuid, series.uuid]


MATRIX += [
    Row("scheduling:series_add", BOOKS, NOT_BOOKS, args=of_patient),
    Row("scheduling:series_add", BOOKS, NOT_BOOKS, args=of_patient, method="post"),
    Row("scheduling:series_detail", SEES, NOT_SEES, args=of_series),
    Row("scheduling:series_edit", BOOKS, NOT_BOOKS, args=of_series),
    Row("scheduling:series_edit", BOOKS, NOT_BOOKS, args=of_series, method="post"),
    Row("scheduling:series_cancel", BOOKS, NOT_BOOKS, args=of_series),
    Row("scheduling:series_cancel", BOOKS, NOT_BOOKS, args=of_series, method="post", data={"reason": "Asked"}),
]


def works_at_both(world: World) -> Practitioner:
    """So that strangers are asked for their role alone."""
    person = factories.practitioner(world.facility)
    stage.saved(PractitionerRole(practitioner=person, facility=world.elsewhere))
    stage.hours(person, world.facility)
    return person


def of_practitioner(world: World) -> list[Any]:
    return [works_at_both(world).uuid]


def of_hours(world: World) -> list[Any]:
    return [works_at_both(world).availability.first().uuid]


def of_exception(world: World) -> list[Any]:
    start = stage.at(2, facility=world.facility)
    span = (start, start + timedelta(days=1))
    return [stage.away(world.facility, *span, kind="leave", practitioner=works_at_both(world)).uuid]


KEEPS_HOURS = "clinical treatment physician-services"
# Hours are one facility's: to those who keep another's they are not there.
OR_NOT_THERE = {"args": of_hours, "answers": frozenset({200, 302, 404})}
SPAN = {"first_day": "2031-01-06", "last_day": "2031-01-07"}
HOURS = {"starts": "09:00", "ends": "12:00", "valid_from": "2031-01-06"}
MATRIX += [
    desk_row("scheduling:availability_list", KEEPS_HOURS),
    desk_row("scheduling:availability_mine", "clinical intake patient-care treatment activities clinician"),
    desk_row("scheduling:availability_detail", KEEPS_HOURS, args=of_practitioner),
    desk_row("scheduling:hours_add", KEEPS_HOURS, args=of_practitioner),
    desk_row("scheduling:hours_add", KEEPS_HOURS, args=of_practitioner, method="post", data=HOURS),
    desk_row("scheduling:hours_edit", KEEPS_HOURS, **OR_NOT_THERE),
    desk_row("scheduling:hours_edit", KEEPS_HOURS, **OR_NOT_THERE, method="post", data=HOURS),
    desk_row("scheduling:hours_end", KEEPS_HOURS, **OR_NOT_THERE),
    desk_row("scheduling:hours_end", KEEPS_HOURS, **OR_NOT_THERE, method="post", data={"last_day": "2031-01-06"}),
    desk_row("scheduling:exception_add", KEEPS_HOURS, args=of_practitioner),
    desk_row(
        "scheduling:exception_add", KEEPS_HOURS, args=of_practitioner, method="post", data=SPAN | {"kind": "leave"}
    ),
    desk_row("scheduling:exception_detail", KEEPS_HOURS, args=of_exception),
    desk_row("scheduling:exception_withdraw", KEEPS_HOURS, args=of_exception, method="post"),
    desk_row("scheduling:place_list", KEEPS_HOURS),
    desk_row("scheduling:closure_add", KEEPS_HOURS),
    desk_row("scheduling:closure_add", KEEPS_HOURS, method="post", data=SPAN),
]

CONSENT = {"allowed": "intake patient-care clerk", "forbidden": "clinical treatment activities clinician privacy"}
MATRIX += [
    Row("scheduling:channel_edit", args=of_patient, **CONSENT),
    Row("scheduling:channel_edit", args=of_patient, method="post", **CONSENT),
    Row("scheduling:channel_preview", args=of_patient, method="post", **CONSENT),
    Row("scheduling:channel_decline", args=of_patient, method="post", **CONSENT),
]
