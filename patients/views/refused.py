"""The page that says no, and by which rule."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from patients.access import NotPermitted
from patients.explaining import refusal


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403. Towards somebody who may know that the patient is here it names the rule; else only that there is one."""
    if not isinstance(exception, NotPermitted):
        return render(request, "403.html", status=403)
    page = {"rule": exception.rule, "words": refusal(request.user, exception), "patient": exception.patient}
    if exception.rule == "restricted":
        page["open_url"] = reverse("episodes:emergency_open", args=[exception.patient.uuid])
    return render(request, "403.html", page, status=403)
