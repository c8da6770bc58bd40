"""One act with its small form, on a page of its own."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import shown_on
from core.http import done, invalid
from patients.models import Patient


def act(
    request: HttpRequest,
    patient: Patient,
    back: str,
    form: forms.Form,
    title: str,
    said: str,
    do: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """The form, empty or with its errors (422); or the act is done: say so and go back."""
    context = {"patient": patient, "form": form, "title": title, "back": back}
    if request.method != "POST":
        return render(request, "records/request_act.html", context)
    if form.is_valid():
        with shown_on(form):
            do(form.cleaned_data)
    if form.errors:
        return invalid(request, "records/request_act.html", context)
    return done(request, back, said)


def sent(request: HttpRequest) -> Any:
    """What was posted, even if it is nothing; None on the way to the empty form."""
    return request.POST if request.method == "POST" else None
