from django.urls import path

from activities.views import person, program, session

app_name = "activities"
P = "people/<uuid:patient_pk>/"
S = "sessions/<uuid:pk>/"

urlpatterns = [
    path("programs/", program.program_list, name="program_list"),
    path("programs/add/", program.program_add, name="program_add"),
    path("programs/<uuid:pk>/", program.program_detail, name="program_detail"),
    path("programs/<uuid:pk>/edit/", program.program_edit, name="program_edit"),
    path("programs/<uuid:pk>/choose/", program.program_choose, name="program_choose"),
    path("sessions/", session.session_list, name="session_list"),
    path("sessions/add/", session.session_add, name="session_add"),
    path(S, session.session_detail, name="session_detail"),
    path(f"{S}attendance/<uuid:attendance_pk>/", session.attendance_record, name="attendance_record"),
    path(f"{S}note/", session.note_save, name="note_save"),
    path(f"{S}sign/", session.note_sign, name="note_sign"),
    path(f"{S}roster/add/", session.roster_add, name="roster_add"),
    path(f"{S}roster/<uuid:attendance_pk>/remove/", session.roster_remove, name="roster_remove"),
    path(f"{S}cancel/", session.session_cancel, name="session_cancel"),
    path(P, person.patient_activity, name="patient_activity"),
    path(f"{P}enroll/", person.enrolment_add, name="enrolment_add"),
    path(f"{P}enrolments/<uuid:pk>/end/", person.enrolment_end, name="enrolment_end"),
]
