"""Addresses that other calendars subscribe to, mounted at /feed/."""

from django.urls import path

from scheduling.views import feed

app_name = "feed"
urlpatterns = [path("<str:token>.ics", feed.calendar, name="calendar")]
