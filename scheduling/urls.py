from django.urls import path

from scheduling.views import (
    appointments,
    arrivals,
    availability,
    board,
    booking,
    calls,
    channel,
    daymail,
    feed,
    measures,
    moving,
    reminders,
    series,
    waitlist,
)

app_name = "scheduling"
ENTRY = "patients/<uuid:patient_pk>/waitlist/<uuid:pk>/"
APPOINTMENT = "patients/<uuid:patient_pk>/appointments/<uuid:pk>/"
REMINDER = "patients/<uuid:patient_pk>/reminders/<uuid:pk>/"
WORKER = "availability/practitioners/<uuid:pk>/"
EXCEPTION = "availability/exceptions/<uuid:pk>/"
CHANNEL = "patients/<uuid:patient_pk>/reminder-consent/"
SERIES = "patients/<uuid:patient_pk>/series/<uuid:pk>/"
urlpatterns = [
    path("", board.day, name="day"),
    path("week/", board.week, name="week"),
    path("arrivals/", arrivals.arrivals, name="arrivals"),
    path("calls/", calls.call_list, name="call_list"),
    path("reminders/", reminders.reminder_list, name="reminder_list"),
    path("reminders/tomorrow/", daymail.mail_day, name="mail_day"),
    path("patients/<uuid:patient_pk>/slots/", booking.slot_list, name="slot_list"),
    path("patients/<uuid:patient_pk>/holds/add/", booking.hold_add, name="hold_add"),
    path("patients/<uuid:patient_pk>/holds/<uuid:pk>/release/", booking.hold_release, name="hold_release"),
    path("patients/<uuid:patient_pk>/appointments/", appointments.appointment_list, name="appointment_list"),
    path(
        "patients/<uuid:patient_pk>/appointments/pdf/", appointments.appointment_list_pdf, name="appointment_list_pdf"
    ),
    path("patients/<uuid:patient_pk>/appointments/book/", booking.appointment_book, name="appointment_book"),
    path(APPOINTMENT, appointments.appointment_detail, name="appointment_detail"),
    path(f"{APPOINTMENT}move/", moving.appointment_move, name="appointment_move"),
    path(f"{APPOINTMENT}cancel/", appointments.appointment_cancel, name="appointment_cancel"),
    path(f"{APPOINTMENT}status/", arrivals.appointment_status, name="appointment_status"),
    path(f"{APPOINTMENT}calls/add/", appointments.call_add, name="call_add"),
    path(f"{APPOINTMENT}calls/start/", calls.call_start, name="call_start"),
    path(f"{APPOINTMENT}calls/stop/", calls.call_stop, name="call_stop"),
    path(f"{APPOINTMENT}calls/log/", calls.call_log, name="call_log"),
    path(f"{APPOINTMENT}calls/next/", calls.call_next, name="call_next"),
    path(REMINDER, reminders.reminder_preview, name="reminder_preview"),
    path(f"{REMINDER}resolve/", reminders.reminder_resolve, name="reminder_resolve"),
    path(f"{REMINDER}html/", daymail.reminder_html, name="reminder_html"),
    path(f"{REMINDER}hold/", reminders.reminder_hold, name="reminder_hold"),
    path(f"{REMINDER}release/", reminders.reminder_release, name="reminder_release"),
    path("waitlist/", waitlist.waitlist_list, name="waitlist_list"),
    path("patients/<uuid:patient_pk>/waitlist/", waitlist.waitlist_person, name="waitlist_person"),
    path("patients/<uuid:patient_pk>/waitlist/add/", waitlist.waitlist_add, name="waitlist_add"),
    path(f"{ENTRY}change/", waitlist.waitlist_change, name="waitlist_change"),
    path(f"{ENTRY}remove/", waitlist.waitlist_remove, name="waitlist_remove"),
    path(f"{ENTRY}offer/", waitlist.waitlist_offer, name="waitlist_offer"),
    path("patients/<uuid:patient_pk>/offers/<uuid:pk>/answer/", waitlist.waitlist_answer, name="waitlist_answer"),
    path("patients/<uuid:patient_pk>/series/add/", series.series_add, name="series_add"),
    path(SERIES, series.series_detail, name="series_detail"),
    path(f"{SERIES}edit/", series.series_edit, name="series_edit"),
    path(f"{SERIES}cancel/", series.series_cancel, name="series_cancel"),
    path("measures/", measures.measure_list, name="measure_list"),
    path(f"{CHANNEL}edit/", channel.channel_edit, name="channel_edit"),
    path(f"{CHANNEL}preview/", channel.channel_preview, name="channel_preview"),
    path(f"{CHANNEL}decline/", channel.channel_decline, name="channel_decline"),
    path("feeds/", feed.feed_list, name="feed_list"),
    path("feeds/add/", feed.feed_add, name="feed_add"),
    path("feeds/<uuid:pk>/revoke/", feed.feed_revoke, name="feed_revoke"),
    path("availability/", availability.availability_list, name="availability_list"),
    path("availability/mine/", availability.availability_mine, name="availability_mine"),
    path(WORKER, availability.availability_detail, name="availability_detail"),
    path(f"{WORKER}hours/add/", availability.hours_add, name="hours_add"),
    path(f"{WORKER}exceptions/add/", availability.exception_add, name="exception_add"),
    path("availability/hours/<uuid:pk>/edit/", availability.hours_edit, name="hours_edit"),
    path("availability/hours/<uuid:pk>/end/", availability.hours_end, name="hours_end"),
    path("availability/places/", availability.place_list, name="place_list"),
    path("availability/closures/add/", availability.closure_add, name="closure_add"),
    path(EXCEPTION, availability.exception_detail, name="exception_detail"),
    path(f"{EXCEPTION}withdraw/", availability.exception_withdraw, name="exception_withdraw"),
]
