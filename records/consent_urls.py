"""Addresses of consents, the notice and their wording: part of `records.urls`."""

from django.urls import path

from records.views import composing, consents, notices, signing, wording

_patient = "patients/<uuid:patient_pk>"
urlpatterns = [
    path(f"{_patient}/consents/", consents.consent_list, name="consent_list"),
    path(f"{_patient}/consents/add/", composing.consent_add, name="consent_add"),
    path(f"{_patient}/consents/<uuid:pk>/", consents.consent_detail, name="consent_detail"),
    path(f"{_patient}/consents/<uuid:pk>/edit/", composing.consent_edit, name="consent_edit"),
    path(f"{_patient}/consents/<uuid:pk>/preview/", composing.consent_preview, name="consent_preview"),
    path(f"{_patient}/consents/<uuid:pk>/sign/", signing.consent_sign, name="consent_sign"),
    path(f"{_patient}/consents/<uuid:pk>/link/", signing.consent_link, name="consent_link"),
    path(f"{_patient}/consents/<uuid:pk>/decline/", composing.consent_decline, name="consent_decline"),
    path(f"{_patient}/consents/<uuid:pk>/discard/", composing.consent_discard, name="consent_discard"),
    path(f"{_patient}/consents/<uuid:pk>/event/", consents.consent_event, name="consent_event"),
    path("consents/ending/", consents.consent_due, name="consent_due"),
    path(f"{_patient}/notice/", notices.notice_give, name="notice_give"),
    path("forms/", wording.form_list, name="form_list"),
    path("forms/defaults/", wording.form_defaults, name="form_defaults"),
    path("forms/notice/add/", wording.notice_version_add, name="notice_version_add"),
    path("forms/notice/<uuid:pk>/", wording.notice_version_detail, name="notice_version_detail"),
    path("forms/<uuid:pk>/", wording.form_detail, name="form_detail"),
    path("forms/<uuid:pk>/retire/", wording.form_retire, name="form_retire"),
    path("forms/<slug:category>/<slug:language>/add/", wording.form_add, name="form_add"),
]
