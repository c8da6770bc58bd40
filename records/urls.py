from django.urls import path

from records.views import channel, documents, submissions

app_name = "records"
_patient = "patients/<uuid:patient_pk>"
urlpatterns = [
    path(f"{_patient}/documents/", documents.document_list, name="document_list"),
    path(f"{_patient}/documents/<uuid:pk>/", documents.document_detail, name="document_detail"),
    path(f"{_patient}/reminder-consent/", channel.channel_detail, name="channel_detail"),
    path(f"{_patient}/reminder-consent/edit/", channel.channel_edit, name="channel_edit"),
    path(f"{_patient}/reminder-consent/preview/", channel.channel_preview, name="channel_preview"),
    path(f"{_patient}/reminder-consent/decline/", channel.channel_decline, name="channel_decline"),
    path(f"{_patient}/reminder-consent/<uuid:pk>/revoke/", channel.channel_revoke, name="channel_revoke"),
    path("submissions/", submissions.submission_list, name="submission_list"),
    path(f"{_patient}/submissions/add/", submissions.submission_add, name="submission_add"),
    path(f"{_patient}/submissions/<uuid:pk>/", submissions.submission_detail, name="submission_detail"),
    path(f"{_patient}/submissions/<uuid:pk>/accept/", submissions.submission_accept, name="submission_accept"),
    path(f"{_patient}/submissions/<uuid:pk>/file/", submissions.submission_file, name="submission_file"),
    path(f"{_patient}/submissions/<uuid:pk>/return/", submissions.submission_return, name="submission_return"),
]
