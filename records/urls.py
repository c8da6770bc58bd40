from django.urls import path

from records import consent_urls, leaving_urls
from records.views import (
    channel,
    completeness,
    documents,
    files,
    photos,
    submissions,
    uploads,
)

app_name = "records"
_patient = "patients/<uuid:patient_pk>"
urlpatterns = [
    path(f"{_patient}/documents/", documents.document_list, name="document_list"),
    path(f"{_patient}/documents/search/", documents.document_search, name="document_search"),
    path(f"{_patient}/documents/add/", uploads.document_add, name="document_add"),
    path(f"{_patient}/documents/<uuid:pk>/", documents.document_detail, name="document_detail"),
    path(f"{_patient}/documents/<uuid:pk>/pdf/", documents.document_pdf, name="document_pdf"),
    path(f"{_patient}/documents/<uuid:pk>/file/", files.document_file, name="document_file"),
    path(f"{_patient}/documents/<uuid:pk>/thumbnail/", files.document_thumbnail, name="document_thumbnail"),
    path(f"{_patient}/documents/<uuid:pk>/version/", uploads.document_version, name="document_version"),
    path(f"{_patient}/documents/<uuid:pk>/index/", uploads.document_index, name="document_index"),
    path(f"{_patient}/documents/<uuid:pk>/mistake/", uploads.document_mistake, name="document_mistake"),
    path(f"{_patient}/photos/", photos.photo_list, name="photo_list"),
    path(f"{_patient}/photos/add/", photos.photo_add, name="photo_add"),
    path(f"{_patient}/photos/<uuid:pk>/", photos.photo_series, name="photo_series"),
    path(f"{_patient}/reminder-consent/", channel.channel_detail, name="channel_detail"),
    path("charts/", completeness.chart_list, name="chart_list"),
    path("charts/rules/", completeness.rule_list, name="rule_list"),
    path("charts/rules/add/", completeness.rule_add, name="rule_add"),
    path("charts/rules/usual/", completeness.rule_usual, name="rule_usual"),
    path("charts/rules/<uuid:pk>/edit/", completeness.rule_edit, name="rule_edit"),
    path("charts/rules/<uuid:pk>/retire/", completeness.rule_retire, name="rule_retire"),
    path(f"{_patient}/missing/<uuid:pk>/ask/", completeness.chart_ask, name="chart_ask"),
    path("submissions/", submissions.submission_list, name="submission_list"),
    path(f"{_patient}/submissions/add/", submissions.submission_add, name="submission_add"),
    path(f"{_patient}/submissions/<uuid:pk>/", submissions.submission_detail, name="submission_detail"),
    path(f"{_patient}/submissions/<uuid:pk>/accept/", submissions.submission_accept, name="submission_accept"),
    path(f"{_patient}/submissions/<uuid:pk>/file/", submissions.submission_file, name="submission_file"),
    path(f"{_patient}/submissions/<uuid:pk>/return/", submissions.submission_return, name="submission_return"),
    *consent_urls.urlpatterns,
    *leaving_urls.urlpatterns,
]
