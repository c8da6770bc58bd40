"""Addresses behind patients' links, mounted at /a/ on the neutral host."""

from django.urls import path

from scheduling.views import link

app_name = "link"
urlpatterns = [
    path("<str:token>/", link.reply, name="reply"),
    path("<str:token>/time/", link.time, name="time"),
    path("<str:token>/calendar/", link.calendar, name="calendar"),
    path("<str:token>/stop/", link.opt_out, name="opt_out"),
]
