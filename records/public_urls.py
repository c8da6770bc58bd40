"""Addresses behind links to sign a consent, mounted at /c/ on the neutral host."""

from django.urls import path

from records.views import consentlink

app_name = "consentlink"
urlpatterns = [path("<str:token>/", consentlink.consent, name="consent")]
