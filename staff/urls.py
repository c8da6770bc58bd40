from django.urls import path

from staff.views import credentials, files, partners, practitioners

app_name = "staff"
urlpatterns = [
    path("practitioners/", practitioners.practitioner_list, name="practitioner_list"),
    path("practitioners/add/", practitioners.practitioner_add, name="practitioner_add"),
    path("practitioners/<uuid:pk>/", practitioners.practitioner_detail, name="practitioner_detail"),
    path("practitioners/<uuid:pk>/edit/", practitioners.practitioner_edit, name="practitioner_edit"),
    path("practitioners/<uuid:pk>/role/edit/", practitioners.role_edit, name="role_edit"),
    path("practitioners/<uuid:pk>/credentials/add/", credentials.credential_add, name="credential_add"),
    path("credentials/", credentials.credential_list, name="credential_list"),
    path("credentials/<uuid:pk>/edit/", credentials.credential_edit, name="credential_edit"),
    path("credentials/<uuid:pk>/verify/", credentials.credential_verify, name="credential_verify"),
    path(
        "credentials/<uuid:pk>/request-renewal/",
        credentials.credential_request_renewal,
        name="credential_request_renewal",
    ),
    path("credentials/<uuid:pk>/files/", files.credential_files, name="credential_files"),
    path("credentials/<uuid:pk>/files/add/", files.credential_file_add, name="credential_file_add"),
    path("credential-files/<uuid:pk>/", files.credential_file, name="credential_file"),
    path("credential-files/<uuid:pk>/version/", files.credential_file_version, name="credential_file_version"),
    path("credential-files/<uuid:pk>/mistake/", files.credential_file_mistake, name="credential_file_mistake"),
    path("partners/", partners.partner_list, name="partner_list"),
    path("partners/add/", partners.partner_add, name="partner_add"),
    path("partners/<uuid:pk>/edit/", partners.partner_edit, name="partner_edit"),
]
