from django.urls import path

from intake.views import clinical, packet, record, referrals

app_name = "intake"
urlpatterns = [
    path("referrals/", referrals.referral_list, name="referral_list"),
    path("referrals/add/", referrals.referral_add, name="referral_add"),
    path("<uuid:patient_pk>/", record.intake_detail, name="intake_detail"),
    path("<uuid:patient_pk>/referrals/<uuid:pk>/", referrals.referral_detail, name="referral_detail"),
    path("<uuid:patient_pk>/referrals/<uuid:pk>/call/", referrals.referral_call, name="referral_call"),
    path("<uuid:patient_pk>/referrals/<uuid:pk>/accept/", referrals.referral_accept, name="referral_accept"),
    path("<uuid:patient_pk>/referrals/<uuid:pk>/decline/", referrals.referral_decline, name="referral_decline"),
    path("<uuid:patient_pk>/demographics/edit/", record.demographics_edit, name="demographics_edit"),
    path("<uuid:patient_pk>/coverage/edit/", record.coverage_edit, name="coverage_edit"),
    path("<uuid:patient_pk>/coverage/<uuid:pk>/edit/", record.coverage_edit, name="coverage_edit"),
    path("<uuid:patient_pk>/coverage/check/", record.coverage_check, name="coverage_check"),
    path("<uuid:patient_pk>/coverage/<uuid:pk>/check/", record.coverage_check, name="coverage_check"),
    path("<uuid:patient_pk>/interview/edit/", clinical.interview_edit, name="interview_edit"),
    path("<uuid:patient_pk>/screenings/", clinical.screening_list, name="screening_list"),
    path("<uuid:patient_pk>/screenings/<uuid:pk>/", clinical.screening_detail, name="screening_detail"),
    path("<uuid:patient_pk>/screenings/<slug:instrument>/add/", clinical.screening_add, name="screening_add"),
    path("<uuid:patient_pk>/level/edit/", clinical.level_edit, name="level_edit"),
    path("<uuid:patient_pk>/packet/", packet.packet_detail, name="packet_detail"),
]
