"""The patient header of every page of one person."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from chart.selectors.header import header, past_header
from patients.access import in_hand


def patient_header(request: HttpRequest) -> dict[str, Any]:
    """`patient_header`, read only if the template asks for it, in four queries at most.

    It shows the patient whom the view has got through the door, so a page that was refused has no header, and
    there is no second line in the read log.
    """
    return {"patient_header": SimpleLazyObject(lambda: _header(request))}


def _header(request: HttpRequest) -> dict[str, Any] | None:
    match, user = request.resolver_match, getattr(request, "user", None)
    pk = match.kwargs.get("patient_pk") if match else None
    patient = in_hand(user, pk) if pk and user else None
    if patient is None or match is None:
        return None
    shown = header(patient, match.view_name)
    return past_header(shown, patient, request.as_of) if hasattr(request, "as_of") else shown
