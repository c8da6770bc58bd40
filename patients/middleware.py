"""A merged record leads to the one that holds its rows."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.http import done
from patients.access import MergedAway

Handler = Callable[[HttpRequest], HttpResponse]


class MergedAwayMiddleware:
    """The same page of the survivor; after a POST the chart of the survivor, and nothing was saved."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, MergedAway):
            return None
        if request.method == "GET":
            there = request.get_full_path().replace(str(exception.duplicate.uuid), str(exception.survivor.uuid))
            return redirect(there)
        messages.warning(request, "This record was merged into the one you see now. Nothing was saved: do it here.")
        return done(request, exception.survivor.get_absolute_url())
