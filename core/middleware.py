"""What a refusal looks like when no form is there to carry it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from core.errors import Unavailable, explained


class DomainErrorMiddleware:
    """A button whose rule refuses leaves the person where they are, with the sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        said = explained(exception)
        if said is None:
            return None
        if isinstance(said, Unavailable) and not getattr(request, "htmx", False):
            return _unavailable(request, said)
        messages.error(request, said.message)
        if not getattr(request, "htmx", False):
            return redirect(came_from(request))
        answer = render(request, "_ui/messages.html", {"oob": True}, status=422)
        answer.headers["HX-Reswap"] = "none"  # what the button would have replaced stays as it is
        return answer


def _unavailable(request: HttpRequest, said: Unavailable) -> HttpResponse:
    """A page of its own: the one the person is on may fail for the same reason."""
    back = came_from(request)
    context = {"sentence": said.message, "back": back if back not in ("/", request.get_full_path()) else ""}
    answer = render(request, "503.html", context, status=503)
    answer.headers["Retry-After"] = "60"
    return answer


def came_from(request: HttpRequest) -> str:
    """The path of the page the person is on, "/" when it is not one of ours."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(referer)
    return parts.path + (f"?{parts.query}" if parts.query else "")
