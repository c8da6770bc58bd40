"""Addresses of the page of a person."""

from django.urls import path

from chart.views import past, patient, releases, revocation

app_name = "chart"
urlpatterns = [
    path("<uuid:patient_pk>/", patient.patient_detail, name="patient_detail"),
    path("<uuid:patient_pk>/as-of/", past.patient_as_of, name="patient_as_of"),
    path("<uuid:patient_pk>/changes/", past.patient_changes, name="patient_changes"),
    path("<uuid:patient_pk>/timeline/", patient.patient_timeline, name="patient_timeline"),
    path("<uuid:patient_pk>/releases/<uuid:pk>/", releases.release_detail, name="release_detail"),
    path("<uuid:patient_pk>/releases/<uuid:pk>/preview/", releases.release_preview, name="release_preview"),
    path("<uuid:patient_pk>/releases/<uuid:pk>/send/", releases.release_send, name="release_send"),
    path("<uuid:patient_pk>/releases/<uuid:pk>/packet/", releases.release_packet, name="release_packet"),
    path("<uuid:patient_pk>/consents/<uuid:pk>/revoke/", revocation.consent_revoke, name="consent_revoke"),
    path("<uuid:patient_pk>/reminder-consent/<uuid:pk>/revoke/", revocation.channel_revoke, name="channel_revoke"),
]
