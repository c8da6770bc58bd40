from django.urls import path

from records.views import consents, documents, submissions

app_name = "records"
_patient = "patients/<uuid:patient_pk>"
urlpatterns = [
    path(f"{_patient}/documents/", documents.document_list, name="document_list"),
    path(f"{_patient}/documents/<uuid:pk>/", documents.document_detail, name="document_detail"),
    path(f"{_patient}/consent/", consents.consent_detail, name="consent_detail"),
    path(f"{_patient}/consent/edit/", consents.consent_edit, name="consent_edit"),
    path(f"{_patient}/consent/preview/", consents.consent_preview, name="consent_preview"),
    path(f"{_patient}/consent/decline/", consents.consent_decline, name="consent_decline"),
    path(f"{_patient}/consent/<uuid:pk>/revoke/", consents.consent_revoke, name="consent_revoke"),
    path("submissions/", submissions.submission_list, name="submission_list"),
    path(f"{_patient}/submissions/add/", submissions.submission_add, name="submission_add"),
    path(f"{_patient}/submissions/<uuid:pk>/", submissions.submission_detail, name="submission_detail"),
    path(f"{_patient}/submissions/<uuid:pk>/accept/", submissions.submission_accept, name="submission_accept"),
    path(f"{_patient}/submissions/<uuid:pk>/file/", submissions.submission_file, name="submission_file"),
    path(f"{_patient}/submissions/<uuid:pk>/return/", submissions.submission_return, name="submission_return"),
]
