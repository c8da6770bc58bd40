"""The consent to the reminder channel: what is in force, and every choice made."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Perm
from patients.access import get_patient
from records.selectors import channel_facts


@require_safe
def channel_detail(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_VIEW)
    return render(request, "records/channel_detail.html", channel_facts(request.user, patient))
