"""Addresses of what leaves the house, of what people ask of the record, and of counseling notes."""

from django.urls import path

from records.views import amendments, counseling, disclosures, releases

_patient = "patients/<uuid:patient_pk>"
urlpatterns = [
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
    path("releases/", releases.release_list, name="release_list"),
    path(f"{_patient}/releases/add/", releases.release_add, name="release_add"),
    path(f"{_patient}/releases/<uuid:pk>/edit/", releases.release_edit, name="release_edit"),
    path(f"{_patient}/releases/<uuid:pk>/take/", releases.release_take, name="release_take"),
    path(f"{_patient}/releases/<uuid:pk>/extend/", releases.release_extend, name="release_extend"),
    path(f"{_patient}/releases/<uuid:pk>/fee/", releases.release_fee, name="release_fee"),
    path(f"{_patient}/releases/<uuid:pk>/court-papers/", releases.release_court, name="release_court"),
    path(f"{_patient}/releases/<uuid:pk>/approve/", releases.release_approve, name="release_approve"),
    path(f"{_patient}/releases/<uuid:pk>/deny/", releases.release_deny, name="release_deny"),
    path(f"{_patient}/releases/<uuid:pk>/withdraw/", releases.release_withdraw, name="release_withdraw"),
    path("amendments/", amendments.amendment_list, name="amendment_list"),
    path(f"{_patient}/amendments/add/", amendments.amendment_add, name="amendment_add"),
    path(f"{_patient}/amendments/<uuid:pk>/", amendments.amendment_detail, name="amendment_detail"),
    path(f"{_patient}/amendments/<uuid:pk>/extend/", amendments.amendment_extend, name="amendment_extend"),
    path(f"{_patient}/amendments/<uuid:pk>/accept/", amendments.amendment_accept, name="amendment_accept"),
    path(f"{_patient}/amendments/<uuid:pk>/deny/", amendments.amendment_deny, name="amendment_deny"),
    path(f"{_patient}/amendments/<uuid:pk>/disagree/", amendments.amendment_disagree, name="amendment_disagree"),
    path(f"{_patient}/amendments/<uuid:pk>/rebut/", amendments.amendment_rebut, name="amendment_rebut"),
    path(f"{_patient}/amendments/<uuid:pk>/withdraw/", amendments.amendment_withdraw, name="amendment_withdraw"),
    path(f"{_patient}/counseling-notes/", counseling.counseling_list, name="counseling_list"),
    path(f"{_patient}/counseling-notes/add/", counseling.counseling_add, name="counseling_add"),
    path(f"{_patient}/counseling-notes/<uuid:pk>/", counseling.counseling_detail, name="counseling_detail"),
    path(f"{_patient}/counseling-notes/<uuid:pk>/edit/", counseling.counseling_edit, name="counseling_edit"),
    path(f"{_patient}/counseling-notes/<uuid:pk>/sign/", counseling.counseling_sign, name="counseling_sign"),
    path(f"{_patient}/counseling-notes/<uuid:pk>/error/", counseling.counseling_error, name="counseling_error"),
]
