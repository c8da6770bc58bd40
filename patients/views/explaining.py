"""Why can or can't somebody see this?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import access
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.http import invalid
from patients.explaining import explain, what
from patients.forms import ExplainForm
from patients.selectors import explaining as selectors


def access_explain(request: HttpRequest) -> HttpResponse:
    """Each rule between a person and a patient. By POST: a record number is in no address."""
    facility = access.require(request.user, Perm.AUDIT_VIEW)
    form = ExplainForm(request.POST or None, people=selectors.people_to_explain(facility))
    page: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        patient = selectors.patient_of(facility, form.cleaned_data["number"])
        if patient is None:
            form.add_error("number", "No record of this facility has exactly this number.")
        else:
            person, perm = form.cleaned_data["person"], Perm(form.cleaned_data["perm"])
            page |= {"who": person, "what": what(perm), "number": patient.record_number}
            page["shown"] = explain(person, patient, perm)
            access.log(
                user=request.user,
                action=AccessEvent.Action.VIEW,
                data_class=Perm.AUDIT_VIEW,
                patient_id=patient.pk,
                facility_id=facility.pk,
                target=f"explain:{person.pk}",
            )
    return (invalid if form.errors else render)(request, "patients/access_explain.html", page)
