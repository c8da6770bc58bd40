from django.urls import path

from records.views import channel, disclosures, documents, files, photos, submissions, uploads

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
    path("disclosures/", disclosures.disclosure_register, name="disclosure_register"),
    path(f"{_patient}/disclosures/", disclosures.disclosure_list, name="disclosure_list"),
    path(f"{_patient}/disclosures/emergency/", disclosures.disclosure_emergency, name="disclosure_emergency"),
    path(f"{_patient}/disclosures/accounting/", disclosures.disclosure_accounting, name="disclosure_accounting"),
    path(
        f"{_patient}/disclosures/accounting/pdf/",
        disclosures.disclosure_accounting_pdf,
        name="disclosure_accounting_pdf",
    ),
    path(f"{_patient}/disclosures/<uuid:pk>/", disclosures.disclosure_detail, name="disclosure_detail"),
    path(f"{_patient}/disclosures/<uuid:pk>/correct/", disclosures.disclosure_correct, name="disclosure_correct"),
]
