"""The addresses of CareCoord, and the unit's."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path

from carecoord.urls import urlpatterns as real
from patients.models import Patient


def unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """F: session, user, one row by its indexed uuid, one line of HTML."""
    found = Patient.objects.filter(uuid=pk).values_list("pk", flat=True).first()
    return HttpResponse(f"<!doctype html><title>F</title><p>{found is not None}")


urlpatterns = [*real, path("bench/unit/<uuid:pk>/", unit, name="bench_unit")]
