"""Addresses of the shared record; all of one patient."""

from django.urls import path

from patients.views import (
    accesslog,
    care_team,
    explaining,
    merges,
    notes,
    people,
    restricted,
    restrictions,
    safety,
)

app_name = "patients"
urlpatterns = [
    path("duplicates/", merges.duplicate_list, name="duplicate_list"),
    path("<uuid:patient_pk>/duplicates/<uuid:pk>/", merges.duplicate_compare, name="duplicate_compare"),
    path("<uuid:patient_pk>/duplicates/<uuid:pk>/dismiss/", merges.duplicate_dismiss, name="duplicate_dismiss"),
    path("<uuid:patient_pk>/duplicates/<uuid:pk>/merge/", merges.merge, name="merge"),
    path("<uuid:patient_pk>/merges/<uuid:pk>/undo/", merges.merge_undo, name="merge_undo"),
    path("explain/", explaining.access_explain, name="access_explain"),
    path("restricted/", restricted.restricted_list, name="restricted_list"),
    path("<uuid:patient_pk>/restricted/", restricted.restricted_edit, name="restricted_edit"),
    path("log/", accesslog.log_list, name="log_list"),
    path("log/export/", accesslog.log_export, name="log_export"),
    path("log/breach/", accesslog.breach_scope, name="breach_scope"),
    path("log/breach/export/", accesslog.breach_export, name="breach_export"),
    path("<uuid:patient_pk>/who-looked/", accesslog.who_looked, name="who_looked"),
    path("<uuid:patient_pk>/who-looked/print/", accesslog.who_looked_print, name="who_looked_print"),
    path("<uuid:patient_pk>/edit/", people.patient_edit, name="patient_edit"),
    path("<uuid:patient_pk>/deceased/", people.patient_deceased, name="patient_deceased"),
    path("<uuid:patient_pk>/contact-points/add/", people.contact_point_add, name="contact_point_add"),
    path("<uuid:patient_pk>/contact-points/<uuid:pk>/edit/", people.contact_point_edit, name="contact_point_edit"),
    path(
        "<uuid:patient_pk>/contact-points/<uuid:pk>/retire/", people.contact_point_retire, name="contact_point_retire"
    ),
    path(
        "<uuid:patient_pk>/contact-points/<uuid:pk>/resume/", people.contact_point_resume, name="contact_point_resume"
    ),
    path("<uuid:patient_pk>/address/edit/", people.address_edit, name="address_edit"),
    path("<uuid:patient_pk>/related-people/add/", people.related_person_add, name="related_person_add"),
    path("<uuid:patient_pk>/allergies/add/", safety.allergy_add, name="allergy_add"),
    path("<uuid:patient_pk>/allergies/<uuid:pk>/error/", safety.allergy_error, name="allergy_error"),
    path("<uuid:patient_pk>/flags/add/", safety.flag_add, name="flag_add"),
    path("<uuid:patient_pk>/flags/<uuid:pk>/end/", safety.flag_end, name="flag_end"),
    path("<uuid:patient_pk>/restrictions/add/", restrictions.restriction_add, name="restriction_add"),
    path(
        "<uuid:patient_pk>/restrictions/<uuid:pk>/answer/", restrictions.restriction_answer, name="restriction_answer"
    ),
    path("<uuid:patient_pk>/restrictions/<uuid:pk>/end/", restrictions.restriction_end, name="restriction_end"),
    path("<uuid:patient_pk>/notes/", notes.note_list, name="note_list"),
    path("<uuid:patient_pk>/notes/add/", notes.note_add, name="note_add"),
    path("<uuid:patient_pk>/notes/<uuid:pk>/edit/", notes.note_edit, name="note_edit"),
    path("<uuid:patient_pk>/notes/<uuid:pk>/sign/", notes.note_sign, name="note_sign"),
    path("<uuid:patient_pk>/notes/<uuid:pk>/addendum/", notes.note_addendum, name="note_addendum"),
    path("<uuid:patient_pk>/notes/<uuid:pk>/error/", notes.note_error, name="note_error"),
    path("<uuid:patient_pk>/care-team/", care_team.care_team, name="care_team"),
    path("<uuid:patient_pk>/care-team/add/", care_team.care_team_add, name="care_team_add"),
    path("<uuid:patient_pk>/care-team/<uuid:pk>/end/", care_team.care_team_end, name="care_team_end"),
]
